# Completion of triggerd-sandbox for bash; made from its own grammar.

_triggerd_sandbox_values() {  # VERB OPTION - WORD
  case "$1 $2" in
    'triggerd-sandbox --world') compgen -f -- "$4" ;;
    'triggerd-sandbox --faults') compgen -f -- "$4" ;;
    'triggerd-sandbox --effects') compgen -f -- "$4" ;;
  esac
}

_triggerd_sandbox_places() {  # VERB PLACE - WORD
  :
}

_triggerd_sandbox_options() {  # VERB
  case "$1" in
    'triggerd-sandbox') printf '%s\n' --help --version --listen --seed --world --faults --effects --print-env ;;
  esac
}

_triggerd_sandbox_is_verb() {  # WORDS
  :
  return 1
}

_triggerd_sandbox_takes_value() {  # OPTION
  case $1 in
    --listen | --seed | --world | --faults | --effects) return 0 ;;
  esac
  return 1
}

_triggerd_sandbox() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=triggerd-sandbox place=0 i found
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if _triggerd_sandbox_takes_value "${COMP_WORDS[i]}" || [[ ${COMP_WORDS[i]} == [=:] ]]; then
      ((++i))
    elif _triggerd_sandbox_is_verb "$verb ${COMP_WORDS[i]}"; then
      verb+=" ${COMP_WORDS[i]}"
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      ((++place))
    fi
  done
  if _triggerd_sandbox_takes_value "$before"; then
    found=$(_triggerd_sandbox_values "$verb" "$before" - "$word" 2>/dev/null)
  elif [[ $word == -* ]]; then
    found=$(_triggerd_sandbox_options "$verb")
  else
    found=$(_triggerd_sandbox_places "$verb" "$place" - "$word" 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "$word")
}

complete -o filenames -F _triggerd_sandbox triggerd-sandbox
