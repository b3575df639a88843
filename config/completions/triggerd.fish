# Completion of triggerd for fish; made from its own grammar.

complete -c triggerd -f
complete -c triggerd -s h -l help -d 'Print this help message and exit'
complete -c triggerd -l version -d 'Display program version information and exit'
complete -c triggerd -l config -r -F -d 'The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config'
complete -c triggerd -n 'not __fish_seen_subcommand_from check ledger' -a check -d 'Tells everything that is wrong with the files, and runs nothing'
complete -c triggerd -n '__fish_seen_subcommand_from check' -s h -l help -d 'Print this help message and exit'
complete -c triggerd -n '__fish_seen_subcommand_from check' -l config -r -F -d 'The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config'
complete -c triggerd -n '__fish_seen_subcommand_from check' -l connect -d 'Also ask the servers whose the keys are'
complete -c triggerd -n '__fish_seen_subcommand_from check' -l json -d 'One JSON document, for scripts'
complete -c triggerd -n '__fish_seen_subcommand_from check' -l deny-warnings -d 'Warnings are a reason to refuse'
complete -c triggerd -n 'not __fish_seen_subcommand_from check ledger' -a ledger -d 'Tends the ledger while no daemon runs'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and not __fish_seen_subcommand_from export import new' -s h -l help -d 'Print this help message and exit'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and not __fish_seen_subcommand_from export import new' -a export -d 'Writes the ledger with all that waits to one file, to keep or to take along'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from export' -s h -l help -d 'Print this help message and exit'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from export' -l config -r -F -d 'The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from export' -F
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and not __fish_seen_subcommand_from export import new' -a import -d 'Puts such a file in the place of the ledger, which is set aside'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from import' -s h -l help -d 'Print this help message and exit'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from import' -l config -r -F -d 'The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from import' -F
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and not __fish_seen_subcommand_from export import new' -a new -d 'Begins with an empty ledger; the one that stood there is set aside'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from new' -s h -l help -d 'Print this help message and exit'
complete -c triggerd -n '__fish_seen_subcommand_from ledger; and __fish_seen_subcommand_from new' -l config -r -F -d 'The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config'
