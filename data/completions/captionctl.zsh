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

_captionctl_providers () {
  local -a found
  found=(${(f)"$(captionctl provider list 2> /dev/null | sed -n -e '1{/^PROVIDER  /!q}' -e '1!s/  .*//p')"})
  compadd "$@" -a found
}

_captionctl_provider () {
  local -a actions settings
  actions=(
    'add:set up a speech service'
    'list:list those that are set up'
    'show:show one, and what was learnt about it'
    'set:change settings'
    'remove:forget one, and its key'
    'set-key:store a key in the keyring'
    'clear-key:remove a key from the keyring'
    'default:use one where none is named'
  )
  settings=(
    '(-h --help)'{-h,--help}'[show help]'
    '--dialect=[form of the protocol]:dialect:(auto openai azure azure-realtime azure-preview legacy speaches localai vllm)'
    '--url=[base of the service]:URL: '
    '--model=[transcription model or deployment]:model: '
    '--session-model=[conversation model or deployment]:model: '
    '--auth=[how the key is sent]:how:(bearer api-key token-command none)'
    '--token-command=[a program that prints a token]:command: '
    '(--no-mint)--mint[ask for a client secret first]'
    '(--mint)--no-mint[do not]'
    '--turns=[who detects the end of a turn]:who:(server client)'
    '--rate=[Hz that legacy gets]:rate:(16000 24000)'
    '--prompt=[what the model is told]:text: '
    '*--keyword=[a word to expect]:word: '
    '--delay=[how long the model waits]:delay:(minimal low medium high xhigh)'
    '--noise-reduction=[of the service]:kind:(near_field far_field)'
    '--organization=[of an OpenAI account]:id: '
    '--project=[of an OpenAI account]:id: '
    '--ca-file=[authority of the certificate]:file:_files'
    '(--no-allow-plain)--allow-plain[allow an unencrypted connection]'
    '(--allow-plain)--no-allow-plain[do not]'
    '(--no-key)--key-stdin[read the key from the standard input]'
    '(--key-stdin)--no-key[store no key now]'
    '--default[use it wherever no engine is named]'
  )

  if (( CURRENT == 2 )); then
    _describe command actions
    _arguments '(-h --help)'{-h,--help}'[show help]'
    return
  fi

  local action=$words[2]
  shift words
  (( CURRENT-- ))
  case $action in
    add) _arguments $settings '1:name:(openai azure speaches localai vllm)' ;;
    set) _arguments $settings '1:provider:_captionctl_providers' ;;
    list) _arguments '(-h --help)'{-h,--help}'[show help]' '--json[print JSON]' ;;
    show) _arguments '(-h --help)'{-h,--help}'[show help]' '--json[print JSON]' '1:provider:_captionctl_providers' ;;
    set-key) _arguments '(-h --help)'{-h,--help}'[show help]' '--key-stdin[read the key from the standard input]' '1:provider:_captionctl_providers' ;;
    default) _arguments '(-h --help)'{-h,--help}'[show help]' '1:engine:_captionctl_engines' ;;
    remove|clear-key) _arguments '(-h --help)'{-h,--help}'[show help]' '1:provider:_captionctl_providers' ;;
  esac
}

_captionctl () {
  local -a commands
  commands=(
    'listen:show captions as text or JSON'
    'sources:list what can be captioned'
    'engines:list what can turn speech into text'
    'status:show the service and its streams'
    'provider:set up speech services on the network'
    'doctor:find out whether a speech service works'
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
    provider) _captionctl_provider ;;
    doctor)
      _arguments \
        '(-h --help)'{-h,--help}'[show help]' \
        '--apply[store the settings that work best]' \
        '--json[print JSON]' \
        '--report=[write a report for a support team]:file:_files' \
        '1:provider:_captionctl_providers'
      ;;
    sources|engines|status)
      _arguments '(-h --help)'{-h,--help}'[show help]' '--json[print JSON]'
      ;;
  esac
}

_captionctl "$@"
