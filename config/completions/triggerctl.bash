# Completion of triggerctl for bash; made from its own grammar.

_triggerctl_values() {  # VERB OPTION - WORD
  case "$1 $2" in
    'triggerctl --socket') compgen -f -- "$4" ;;
    'triggerctl status --socket') compgen -f -- "$4" ;;
    'triggerctl targets --socket') compgen -f -- "$4" ;;
    'triggerctl jobs --socket') compgen -f -- "$4" ;;
    'triggerctl fires --socket') compgen -f -- "$4" ;;
    'triggerctl fires --target') triggerctl targets --names ;;
    'triggerctl fires --before') triggerctl fires --names ;;
    'triggerctl fire --socket') compgen -f -- "$4" ;;
    'triggerctl fire --target') triggerctl targets --names ;;
    'triggerctl next --socket') compgen -f -- "$4" ;;
    'triggerctl events --socket') compgen -f -- "$4" ;;
    'triggerctl metrics --socket') compgen -f -- "$4" ;;
    'triggerctl run --socket') compgen -f -- "$4" ;;
    'triggerctl run --on') triggerctl targets --names ;;
    'triggerctl plan --socket') compgen -f -- "$4" ;;
    'triggerctl plan --on') triggerctl targets --names ;;
    'triggerctl cancel --socket') compgen -f -- "$4" ;;
    'triggerctl pause --socket') compgen -f -- "$4" ;;
    'triggerctl resume --socket') compgen -f -- "$4" ;;
    'triggerctl resolve --socket') compgen -f -- "$4" ;;
    'triggerctl resolve --as') printf '%s\n' done failed retry ;;
    'triggerctl resolve --target') triggerctl targets --names ;;
    'triggerctl reload --socket') compgen -f -- "$4" ;;
    'triggerctl drain --socket') compgen -f -- "$4" ;;
    'triggerctl stop --socket') compgen -f -- "$4" ;;
    'triggerctl log-level --socket') compgen -f -- "$4" ;;
    'triggerctl call --socket') compgen -f -- "$4" ;;
    'triggerctl call --body') compgen -f -- "$4" ;;
    'triggerctl session --socket') compgen -f -- "$4" ;;
    'triggerctl token --socket') compgen -f -- "$4" ;;
    'triggerctl interface --socket') compgen -f -- "$4" ;;
    'triggerctl endpoints --socket') compgen -f -- "$4" ;;
    'triggerctl explain --socket') compgen -f -- "$4" ;;
    'triggerctl explain --target') triggerctl targets --names ;;
    'triggerctl support --socket') compgen -f -- "$4" ;;
    'triggerctl support -o' | 'triggerctl support --output') compgen -f -- "$4" ;;
    'triggerctl top --socket') compgen -f -- "$4" ;;
  esac
}

_triggerctl_places() {  # VERB PLACE - WORD
  case "$1 $2" in
    'triggerctl targets 0') triggerctl targets --names ;;
    'triggerctl fires 0') triggerctl jobs --names ;;
    'triggerctl fire 0') triggerctl fires --names ;;
    'triggerctl next 0') triggerctl jobs --names ;;
    'triggerctl run 0') triggerctl jobs --names ;;
    'triggerctl plan 0') triggerctl jobs --names ;;
    'triggerctl cancel 0') triggerctl fires --names ;;
    'triggerctl pause 0') triggerctl jobs --names; triggerctl targets --names ;;
    'triggerctl resume 0') triggerctl jobs --names; triggerctl targets --names ;;
    'triggerctl resolve 0') triggerctl fires --names ;;
    'triggerctl log-level 0') printf '%s\n' debug info notice warning error ;;
    'triggerctl call 0') triggerctl targets --names ;;
    'triggerctl call 1') triggerctl endpoints --names ;;
    'triggerctl session 0') triggerctl targets --names ;;
    'triggerctl session 1') printf '%s\n' tail append ;;
    'triggerctl token 0') triggerctl targets --names ;;
    'triggerctl explain 0') triggerctl explain --names; triggerctl fires --names ;;
    'triggerctl 0') printf '%s\n' status targets jobs fires fire next events metrics run plan cancel pause resume resolve reload drain stop log-level call session token interface endpoints explain support top ;;
  esac
}

_triggerctl_options() {  # VERB
  case "$1" in
    'triggerctl') printf '%s\n' --help --version --socket --json ;;
    'triggerctl status') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl targets') printf '%s\n' --help --version --socket --json --help --names ;;
    'triggerctl jobs') printf '%s\n' --help --version --socket --json --help --names ;;
    'triggerctl fires') printf '%s\n' --help --version --socket --json --help --target --state --before --limit --names ;;
    'triggerctl fire') printf '%s\n' --help --version --socket --json --help --target --from --limit ;;
    'triggerctl next') printf '%s\n' --help --version --socket --json --help --limit ;;
    'triggerctl events') printf '%s\n' --help --version --socket --json --help --follow ;;
    'triggerctl metrics') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl run') printf '%s\n' --help --version --socket --json --help --on --var --wait --adopt ;;
    'triggerctl plan') printf '%s\n' --help --version --socket --json --help --on --var ;;
    'triggerctl cancel') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl pause') printf '%s\n' --help --version --socket --json --help --for ;;
    'triggerctl resume') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl resolve') printf '%s\n' --help --version --socket --json --help --as --target --action ;;
    'triggerctl reload') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl drain') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl stop') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl log-level') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl call') printf '%s\n' --help --version --socket --json --help --param --body ;;
    'triggerctl session') printf '%s\n' --help --version --socket --json --help --in --out --from --follow ;;
    'triggerctl token') printf '%s\n' --help --version --socket --json --help --read --write --trigger --batch-trigger --admin --expires --one-time ;;
    'triggerctl interface') printf '%s\n' --help --version --socket --json --help ;;
    'triggerctl endpoints') printf '%s\n' --help --version --socket --json --help --names ;;
    'triggerctl explain') printf '%s\n' --help --version --socket --json --help --target --names ;;
    'triggerctl support') printf '%s\n' --help --version --socket --json --help --output ;;
    'triggerctl top') printf '%s\n' --help --version --socket --json --help --every ;;
  esac
}

_triggerctl_is_verb() {  # WORDS
  case "$1" in
    'triggerctl status') return 0 ;;
    'triggerctl targets') return 0 ;;
    'triggerctl jobs') return 0 ;;
    'triggerctl fires') return 0 ;;
    'triggerctl fire') return 0 ;;
    'triggerctl next') return 0 ;;
    'triggerctl events') return 0 ;;
    'triggerctl metrics') return 0 ;;
    'triggerctl run') return 0 ;;
    'triggerctl plan') return 0 ;;
    'triggerctl cancel') return 0 ;;
    'triggerctl pause') return 0 ;;
    'triggerctl resume') return 0 ;;
    'triggerctl resolve') return 0 ;;
    'triggerctl reload') return 0 ;;
    'triggerctl drain') return 0 ;;
    'triggerctl stop') return 0 ;;
    'triggerctl log-level') return 0 ;;
    'triggerctl call') return 0 ;;
    'triggerctl session') return 0 ;;
    'triggerctl token') return 0 ;;
    'triggerctl interface') return 0 ;;
    'triggerctl endpoints') return 0 ;;
    'triggerctl explain') return 0 ;;
    'triggerctl support') return 0 ;;
    'triggerctl top') return 0 ;;
  esac
  return 1
}

_triggerctl_takes_value() {  # OPTION
  case $1 in
    --socket | --socket | --socket | --socket | --socket | --target | --state | --before | --limit | --socket | --target | --from | --limit | --socket | --limit | --socket | --socket | --socket | --on | --var | --adopt | --socket | --on | --var | --socket | --socket | --for | --socket | --socket | --as | --target | --action | --socket | --socket | --socket | --socket | --socket | -p | --param | --body | --socket | --from | --socket | --read | --write | --trigger | --batch-trigger | --expires | --socket | --socket | --socket | --target | --socket | -o | --output | --socket | --every) return 0 ;;
  esac
  return 1
}

_triggerctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=triggerctl place=0 i found
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if _triggerctl_takes_value "${COMP_WORDS[i]}" || [[ ${COMP_WORDS[i]} == [=:] ]]; then
      ((++i))
    elif _triggerctl_is_verb "$verb ${COMP_WORDS[i]}"; then
      verb+=" ${COMP_WORDS[i]}"
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      ((++place))
    fi
  done
  if _triggerctl_takes_value "$before"; then
    found=$(_triggerctl_values "$verb" "$before" - "$word" 2>/dev/null)
  elif [[ $word == -* ]]; then
    found=$(_triggerctl_options "$verb")
  else
    found=$(_triggerctl_places "$verb" "$place" - "$word" 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "$word")
}

complete -o filenames -F _triggerctl triggerctl
