# bash completion for captionctl                          -*- shell-script -*-
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# The first column of a list. Columns stand two spaces apart.
_captionctl_first_column ()
{
  captionctl "$1" 2> /dev/null | sed -e 1d -e 's/  .*//'
}

_captionctl_streams ()
{
  captionctl status 2> /dev/null | sed -n 's/^Stream //p'
}

# One line each: names of applications hold spaces.
_captionctl_offer ()
{
  local line

  while IFS= read -r line; do
    [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done
}

_captionctl ()
{
  local cur prev words cword command

  _init_completion -n := || return
  command=${words[1]}

  if ((cword == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'listen sources engines status --help --version' -- "$cur")
    return
  fi

  # "--option=value" is one word here.
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
      -e | --engine) _captionctl_offer < <(_captionctl_first_column engines) ; return ;;
      -j | --join) _captionctl_offer < <(_captionctl_streams) ; return ;;
      -f | --format) _captionctl_offer < <(printf '%s\n' text json) ; return ;;
      -l | --language | -d | --duration) return ;;
    esac
  fi

  case $command in
    listen)
      mapfile -t COMPREPLY < <(compgen -W '--source --engine --language --join --format --no-partials --duration --help' -- "$cur")
      ;;
    sources | engines | status)
      mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur")
      ;;
  esac
}

complete -F _captionctl captionctl
