# Completion of triggerd for bash; made from its own grammar.

_triggerd_values() {  # VERB OPTION - WORD
  case "$1 $2" in
    'triggerd --config') compgen -f -- "$4" ;;
    'triggerd check --config') compgen -f -- "$4" ;;
    'triggerd check --config') compgen -f -- "$4" ;;
    'triggerd ledger --config') compgen -f -- "$4" ;;
    'triggerd ledger export --config') compgen -f -- "$4" ;;
    'triggerd ledger export --config') compgen -f -- "$4" ;;
    'triggerd ledger import --config') compgen -f -- "$4" ;;
    'triggerd ledger import --config') compgen -f -- "$4" ;;
    'triggerd ledger new --config') compgen -f -- "$4" ;;
    'triggerd ledger new --config') compgen -f -- "$4" ;;
  esac
}

_triggerd_places() {  # VERB PLACE - WORD
  case "$1 $2" in
    'triggerd ledger export 0') compgen -f -- "$4" ;;
    'triggerd ledger import 0') compgen -f -- "$4" ;;
    'triggerd ledger 0') printf '%s\n' export import new ;;
    'triggerd 0') printf '%s\n' check ledger ;;
  esac
}

_triggerd_options() {  # VERB
  case "$1" in
    'triggerd') printf '%s\n' --help --version --config ;;
    'triggerd check') printf '%s\n' --help --version --config --help --config --connect --json --deny-warnings ;;
    'triggerd ledger') printf '%s\n' --help --version --config --help ;;
    'triggerd ledger export') printf '%s\n' --help --version --config --help --help --config ;;
    'triggerd ledger import') printf '%s\n' --help --version --config --help --help --config ;;
    'triggerd ledger new') printf '%s\n' --help --version --config --help --help --config ;;
  esac
}

_triggerd_is_verb() {  # WORDS
  case "$1" in
    'triggerd check') return 0 ;;
    'triggerd ledger') return 0 ;;
    'triggerd ledger export') return 0 ;;
    'triggerd ledger import') return 0 ;;
    'triggerd ledger new') return 0 ;;
  esac
  return 1
}

_triggerd_takes_value() {  # OPTION
  case $1 in
    --config | --config | --config | --config | --config | --config | --config | --config | --config | --config) return 0 ;;
  esac
  return 1
}

_triggerd() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=triggerd place=0 i found
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if _triggerd_takes_value "${COMP_WORDS[i]}" || [[ ${COMP_WORDS[i]} == [=:] ]]; then
      ((++i))
    elif _triggerd_is_verb "$verb ${COMP_WORDS[i]}"; then
      verb+=" ${COMP_WORDS[i]}"
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      ((++place))
    fi
  done
  if _triggerd_takes_value "$before"; then
    found=$(_triggerd_values "$verb" "$before" - "$word" 2>/dev/null)
  elif [[ $word == -* ]]; then
    found=$(_triggerd_options "$verb")
  else
    found=$(_triggerd_places "$verb" "$place" - "$word" 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "$word")
}

complete -o filenames -F _triggerd triggerd
