#compdef captionctl
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# The first column of a list. Columns stand two spaces apart.
_captionctl_first_column () {
  local -a found
  found=(${(f)"$(captionctl $1 2> /dev/null | sed -e 1d -e 's/  .*//')"})
  compadd "${@:2}" -a found
}

_captionctl_streams () {
  local -a found
  found=(${(f)"$(captionctl status 2> /dev/null | sed -n 's/^Stream //p')"})
  compadd "$@" -a found
}

_captionctl_sources () { _captionctl_first_column sources "$@" }
_captionctl_engines () { _captionctl_first_column engines "$@" }

_captionctl () {
  local -a commands
  commands=(
    'listen:show captions as text or JSON'
    'sources:list what can be captioned'
    'engines:list what can turn speech into text'
    'status:show the service and its streams'
  )

  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments '(-h --help)'{-h,--help}'[show help]' '--version[show the version]'
    return
  fi

  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    listen)
      _arguments -s \
        '(-h --help)'{-h,--help}'[show help]' \
        '(-s --source -j --join)'{-s+,--source=}'[what to listen to]:source:_captionctl_sources' \
        '(-e --engine -j --join)'{-e+,--engine=}'[what turns speech into text]:engine:_captionctl_engines' \
        '(-l --language -j --join)'{-l+,--language=}'[what is spoken]:language: ' \
        '(-j --join -s --source -e --engine -l --language)'{-j+,--join=}'[join a stream that runs]:stream:_captionctl_streams' \
        '(-f --format)'{-f+,--format=}'[how to write]:format:(text json)' \
        '(-n --no-partials)'{-n,--no-partials}'[only text that does not change any more]' \
        '(-d --duration)'{-d+,--duration=}'[end after so many seconds]:seconds: '
      ;;
    sources|engines|status)
      _arguments '(-h --help)'{-h,--help}'[show help]' '--json[print JSON]'
      ;;
  esac
}

_captionctl "$@"
