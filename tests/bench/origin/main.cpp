// bench_origin: a server of the few endpoints that the benchmark needs, cheap enough never to be what is measured, and a
// counter of what reached it. GET /stats tells the counts as JSON, POST /stats/reset begins anew. The addresses it listens
// at are the first line on its standard output.
#include "bench/origin/listener.hpp"
#include "bench/origin/loop.hpp"
#include "bench/origin/service.hpp"

#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <optional>

namespace {

struct arguments {
  std::string listen = "127.0.0.1:0", tls_listen, certificate, key;
  std::uint64_t latency_ms = 0;
  std::uint32_t streams = 256;
  origin::settings how;
};

// Ten thousand clients at once are ten thousand descriptors.
void allow_all_descriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

void serve(const arguments& asked) {
  origin::loop loop;
  origin::service api(asked.how);
  const origin::listener clear(loop, api, asked.listen, nullptr, asked.streams);
  std::optional<origin::listener> encrypted;
  origin::tls_context context;
  std::cout << "{\"listen\":\"" << clear.address() << '"';
  if (!asked.tls_listen.empty()) {
    context = origin::make_context(asked.certificate, asked.key);
    encrypted.emplace(loop, api, asked.tls_listen, context.get(), asked.streams);
    std::cout << ",\"tls_listen\":\"" << encrypted->address() << '"';
  }
  std::cout << '}' << std::endl;
  loop.run();
}

}  // namespace

int main(int count, char** words) {
  arguments asked;
  CLI::App line("The server that the benchmark measures against.", "bench_origin");
  line.add_option("--listen", asked.listen, "HOST:PORT in clear; port 0: any");
  auto* certificate =
      line.add_option("--cert", asked.certificate, "PEM file with the certificate")->check(CLI::ExistingFile);
  auto* key = line.add_option("--key", asked.key, "PEM file with its key")->check(CLI::ExistingFile);
  line.add_option("--tls-listen", asked.tls_listen, "HOST:PORT for TLS")->needs(certificate)->needs(key);
  line.add_option("--latency-ms", asked.latency_ms, "how long every answer takes");
  line.add_option("--rate", asked.how.rate, "requests a second and token; 0: no limit");
  line.add_option("--burst", asked.how.burst, "requests at once and token; 0: as many as the rate");
  line.add_option("--runs", asked.how.past_runs, "runs that every environment lists");
  line.add_option("--streams", asked.streams, "streams at once on a connection of HTTP/2");
  CLI11_PARSE(line, count, words);
  asked.how.latency = std::chrono::milliseconds(asked.latency_ms);
  try {
    allow_all_descriptors();
    serve(asked);
  } catch (const std::exception& failure) {
    std::cerr << "bench_origin: " << failure.what() << '\n';
    return 1;
  }
}
