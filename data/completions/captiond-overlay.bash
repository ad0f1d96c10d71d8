# bash completion for captiond-overlay                    -*- shell-script -*-
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

_captiond_overlay ()
{
  local cur prev words cword

  _init_completion -n = || return
  if [[ $cur == --join=* ]]; then
    prev=--join
    cur=${cur#*=}
  fi

  case $prev in
    -j | --join)
      mapfile -t COMPREPLY < <(compgen -W "$(captionctl status 2> /dev/null | sed -n 's/^Stream //p')" -- "$cur")
      return
      ;;
  esac

  # Options cannot be combined.
  ((cword > 1)) || mapfile -t COMPREPLY < <(compgen -W '--show --hide --toggle --lock --unlock --pause --resume --settings --history --quit --join --help --version' -- "$cur")
}

complete -F _captiond_overlay captiond-overlay
