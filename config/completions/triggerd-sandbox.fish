# Completion of triggerd-sandbox for fish; made from its own grammar.

complete -c triggerd-sandbox -f
complete -c triggerd-sandbox -s h -l help -d 'Print this help message and exit'
complete -c triggerd-sandbox -l version -d 'Display program version information and exit'
complete -c triggerd-sandbox -l listen -x -d 'A loopback address; port 0 takes a free one'
complete -c triggerd-sandbox -l seed -x -d 'What chance does follows from it'
complete -c triggerd-sandbox -l world -r -F -d 'What stands at the start; the example\'s world when left away'
complete -c triggerd-sandbox -l faults -r -F -d 'Trouble on request'
complete -c triggerd-sandbox -l effects -r -F -d 'Write what really happened there, a line of JSON each'
complete -c triggerd-sandbox -l print-env -d 'Print the world\'s invented keys as NAME=VALUE lines, and end'
