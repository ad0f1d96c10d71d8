# bash completion for captionctl                          -*- shell-script -*-
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# Prints the first column of a list. Two spaces separate the columns.
_captionctl_first_column ()
{
  captionctl "$1" 2> /dev/null | sed -e 1d -e 's/  .*//'
}

_captionctl_streams ()
{
  captionctl status 2> /dev/null | sed -n 's/^Stream //p'
}

_captionctl_providers ()
{
  captionctl provider list 2> /dev/null | sed -n -e '1{/^PROVIDER  /!q}' -e '1!s/  .*//p'
}

_captionctl_provider ()
{
  local settings='--dialect --url --model --session-model --auth --token-command --mint --no-mint --turns --rate --prompt --keyword --delay --noise-reduction --organization --project --ca-file --allow-plain --no-allow-plain --key-stdin --no-key --default --help'

  if ((cword == 2)); then
    mapfile -t COMPREPLY < <(compgen -W 'add list show set remove set-key clear-key default --help' -- "$cur")
    return
  fi

  case $prev in
    --dialect) _captionctl_offer < <(printf '%s\n' auto openai azure azure-realtime azure-preview legacy speaches localai vllm) ; return ;;
    --auth) _captionctl_offer < <(printf '%s\n' bearer api-key token-command none) ; return ;;
    --turns) _captionctl_offer < <(printf '%s\n' server client) ; return ;;
    --rate) _captionctl_offer < <(printf '%s\n' 16000 24000) ; return ;;
    --delay) _captionctl_offer < <(printf '%s\n' minimal low medium high xhigh) ; return ;;
    --noise-reduction) _captionctl_offer < <(printf '%s\n' near_field far_field) ; return ;;
    --ca-file) _filedir ; return ;;
    --url | --model | --session-model | --token-command | --prompt | --keyword | --organization | --project) return ;;
  esac

  case ${words[2]} in
    add) mapfile -t COMPREPLY < <(compgen -W "openai azure speaches localai vllm $settings" -- "$cur") ;;
    set) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_providers) $settings" -- "$cur") ;;
    list) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur") ;;
    show) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_providers) --json --help" -- "$cur") ;;
    set-key) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_providers) --key-stdin --help" -- "$cur") ;;
    default) _captionctl_offer_engines --help ;;
    remove | clear-key) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_providers) --help" -- "$cur") ;;
  esac
}

_captionctl_models ()
{
  captionctl model list 2> /dev/null | sed -n -e '1{/^MODEL  /!q}' -e '1!s/  .*//p'
}

_captionctl_model ()
{
  if ((cword == 2)); then
    mapfile -t COMPREPLY < <(compgen -W 'list show install remove path import --help' -- "$cur")
    return
  fi

  case $prev in
    -l | --language) return ;;
  esac

  case ${words[2]} in
    list) mapfile -t COMPREPLY < <(compgen -W '--language --json --help' -- "$cur") ;;
    show) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_models) --json --help" -- "$cur") ;;
    install) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_models) --yes --json --help" -- "$cur") ;;
    remove | path) mapfile -t COMPREPLY < <(compgen -W "$(_captionctl_models) --help" -- "$cur") ;;
    import) _filedir -d ;;
  esac
}

# Offers each line as one word, because names of applications contain spaces.
_captionctl_offer ()
{
  local line

  while IFS= read -r line; do
    [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done
}

# Offers all engines, and the words that are given. Names of engines may contain a colon.
_captionctl_offer_engines ()
{
  _captionctl_offer < <(_captionctl_first_column engines && (($#)) && printf '%s\n' "$@")
  __ltrim_colon_completions "$cur"
}

_captionctl ()
{
  local cur prev words cword command

  _init_completion -n := || return
  command=${words[1]}

  if ((cword == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'listen sources engines status provider model doctor --help --version' -- "$cur")
    return
  fi

  # Here, "--option=value" is one word.
  if [[ $cur == --*=* ]]; then
    prev=${cur%%=*}
    cur=${cur#*=}
  fi

  if [[ $command == listen ]]; then
    case $prev in
      -s | --source)
        _captionctl_offer < <(printf '%s\n' system microphone && _captionctl_first_column sources | grep -vx -e system -e microphone)
        __ltrim_colon_completions "$cur"
        return
        ;;
      -e | --engine) _captionctl_offer_engines ; return ;;
      -j | --join) _captionctl_offer < <(_captionctl_streams) ; return ;;
      -f | --format) _captionctl_offer < <(printf '%s\n' text json) ; return ;;
      -l | --language | -d | --duration) return ;;
    esac
  fi

  case $command in
    provider) _captionctl_provider ;;
    model) _captionctl_model ;;
    doctor)
      if [[ $prev == --report ]]; then
        _filedir
        return
      fi
      _captionctl_offer_engines --apply --json --report --help
      ;;
    listen)
      mapfile -t COMPREPLY < <(compgen -W '--source --engine --language --join --format --no-partials --duration --help' -- "$cur")
      ;;
    sources | engines | status)
      mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur")
      ;;
  esac
}

complete -F _captionctl captionctl
