#include "manual/pages.hpp"

namespace triggerd::manual {

page daemon_page() {
  page out;
  out.name = "triggerd";
  out.section = 8;
  out.line = "runs Trigger.dev jobs over many isolated targets";
  out.paragraphs = {
      "triggerd keeps one isolated client per target (a project, an environment and perhaps a branch) on one event "
      "loop, "
      "and does what TOML job files say: fires tasks, pushes batches from files, replays what failed and keeps "
      "environment variables in step.",
      "Every action is written down before the first byte of it leaves. A restart goes on where it stood; what cannot "
      "be "
      "known is reported as unknown and never guessed.",
      "Without a command it runs in the foreground. Under a service manager it tells when it is ready, what it does, "
      "and "
      "that it is alive."};
  out.examples = {{"Look at the files, and ask the servers whose the keys are:", "triggerd check --connect\n"},
                  {"Rehearse in a terminal, without systemd:", "triggerd --config ./triggerd.toml\n"},
                  {"Move the ledger to another machine; no daemon may run on either:",
                   "triggerd ledger export - | ssh NEW triggerd ledger import -\n"}};
  out.files = {{"/etc/triggerd/triggerd.toml", "The main file, see triggerd.toml(5)."},
               {"/var/lib/triggerd/", "The ledger and the bodies that wait to be sent."},
               {"/run/triggerd/control", "The socket that triggerctl(1) talks to."}};
  out.variables = {
      {"STATE_DIRECTORY, RUNTIME_DIRECTORY", "Where the ledger and the socket lie, unless [daemon] says so."},
      {"CREDENTIALS_DIRECTORY", "Where systemd puts what LoadCredential= names."},
      {"NOTIFY_SOCKET, WATCHDOG_USEC", "Set by the service manager."},
      {"JOURNAL_STREAM", "With it the log goes to the journal, with fields."}};
  out.see = {"triggerctl(1)", "triggerd-sandbox(1)", "triggerd.toml(5)", "triggerd-jobs.toml(5)", "systemctl(1)"};
  return out;
}

page client_page() {
  page out;
  out.name = "triggerctl";
  out.section = 1;
  out.line = "the client of triggerd's local socket";
  out.paragraphs = {
      "triggerctl asks a running triggerd over its local socket and nothing else. The daemon looks at who asks: root "
      "and "
      "its own user may do everything, others what [[socket.allow]] gives them.",
      "On a terminal it prints tables that fit. In a pipe nothing is cut or coloured; with --json the daemon's replies "
      "pass through, one a line, each with a schema_version."};
  out.examples = {{"What is wrong, since when, and what happens next:", "triggerctl status\n"},
                  {"What a run would do, and then do it and wait:",
                   "triggerctl plan nightly --on tier=prod\ntriggerctl run nightly --on tier=prod --wait\n"},
                  {"Hold back a job for two hours:", "triggerctl pause nightly --for 2h\n"},
                  {"What an error code means, offline:", "triggerctl explain target.parked\n"},
                  {"Who made this run:", "triggerctl explain run_abc\n"}};
  out.files = {{"/run/triggerd/control", "The socket, unless --socket or $TRIGGERD_SOCKET names another."}};
  out.variables = {{"TRIGGERD_SOCKET", "Where the daemon listens."},
                   {"NO_COLOR", "Set to anything: no colours."},
                   {"XDG_RUNTIME_DIR", "triggerd/control in it is tried when the system has no daemon."}};
  out.see = {"triggerd(8)", "triggerd.toml(5)", "triggerd-jobs.toml(5)"};
  return out;
}

page sandbox_page() {
  page out;
  out.name = "triggerd-sandbox";
  out.section = 1;
  out.line = "the Trigger.dev API on loopback, for rehearsal";
  out.paragraphs = {
      "triggerd-sandbox answers as the Trigger.dev API does, with invented keys and a world of its own, and makes "
      "trouble "
      "on request. Nothing of it leaves the machine and nothing is kept.",
      "A target of triggerd rehearses there with base_url = \"http://127.0.0.1:4040\" and one of the invented keys."};
  out.examples = {{"Start it and show its keys:", "triggerd-sandbox &\ntriggerd-sandbox --print-env\n"},
                  {"What really happened:", "curl -s http://127.0.0.1:4040/sandbox/effects\n"}};
  out.see = {"triggerd(8)", "triggerd.toml(5)"};
  return out;
}

page main_file_page() {
  page out;
  out.name = "triggerd.toml";
  out.section = 5;
  out.line = "where triggerd may talk, with which keys and what budget";
  out.paragraphs = {
      "The main file of triggerd(8), in TOML. It may hold everything; jobs usually stand in files of their own, which "
      "include names.",
      "Keys never stand in a file: a [credential] refers to a file, a variable of the environment, a systemd "
      "credential "
      "or a program. Durations, rates, sizes and shares are strings with their unit: \"90s\", \"20/s\", \"4MiB\", "
      "\"95%\".",
      "triggerd check tells every complaint at once as file:line:column. A reload takes all of the files or nothing."};
  out.files = {
      {"/etc/triggerd/triggerd.toml", "The main file."},
      {"/usr/share/triggerd/schema/", "JSON schemas for editors; the first line of a file names one: #:schema PATH."},
      {"/usr/share/doc/triggerd/examples/", "An example of everything."}};
  out.see = {"triggerd(8)", "triggerd-jobs.toml(5)", "triggerctl(1)"};
  return out;
}

page job_file_page() {
  page out;
  out.name = "triggerd-jobs.toml";
  out.section = 5;
  out.line = "what triggerd does, and when";
  out.paragraphs = {
      "A job file of triggerd(8), in TOML, included by triggerd.toml(5). Each [job.NAME] is one job of one of four "
      "kinds: "
      "trigger, batch, replay or env-sync.",
      "Strings may hold placeholders such as {{ fire.date }}, {{ target.name }}, {{ vars.NAME }} or, in batches, "
      "{{ item.FIELD }}."};
  out.see = {"triggerd(8)", "triggerd.toml(5)", "triggerctl(1)"};
  return out;
}

}  // namespace triggerd::manual
