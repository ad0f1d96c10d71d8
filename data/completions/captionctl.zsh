#compdef captionctl
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# Prints the first column of a list. Two spaces separate the columns.
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
    'list:list the speech services that are set up'
    'show:show the settings of a service'
    'set:change settings of a service'
    'remove:remove a service and its key'
    'set-key:store a key in the keyring'
    'clear-key:remove a key from the keyring'
    'default:choose the default engine'
  )
  settings=(
    '(-h --help)'{-h,--help}'[show help]'
    '--dialect=[variant of the protocol]:dialect:(auto openai azure azure-realtime azure-preview legacy speaches localai vllm)'
    '--url=[base URL]:URL: '
    '--model=[transcription model or deployment]:model: '
    '--session-model=[conversation model or deployment]:model: '
    '--auth=[authentication]:how:(bearer api-key token-command none)'
    '--token-command=[program that prints a token]:command: '
    '(--no-mint)--mint[connect with a temporary client secret]'
    '(--mint)--no-mint[connect with the key itself]'
    '--turns=[sentence detection]:who:(server client)'
    '--rate=[sample rate for legacy]:rate:(16000 24000)'
    '--prompt=[hint for the model]:text: '
    '*--keyword=[word that the model should expect]:word: '
    '--delay=[delay of the text]:delay:(minimal low medium high xhigh)'
    '--noise-reduction=[noise reduction]:kind:(near_field far_field)'
    '--organization=[OpenAI organization]:id: '
    '--project=[OpenAI project]:id: '
    '--ca-file=[certificate of the authority]:file:_files'
    '(--no-allow-plain)--allow-plain[allow an unencrypted connection]'
    '(--allow-plain)--no-allow-plain[refuse an unencrypted connection]'
    '(--no-key)--key-stdin[read the key from the standard input]'
    '(--key-stdin)--no-key[store no key now]'
    '--default[make it the default engine]'
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

_captionctl_models () {
  local -a found
  found=(${(f)"$(captionctl model list 2> /dev/null | sed -n -e '1{/^MODEL  /!q}' -e '1!s/  .*//p')"})
  compadd "$@" -a found
}

_captionctl_model () {
  local -a actions help
  actions=(
    'list:list the models, installed or not'
    'show:show what is known about a model'
    'install:download and install models'
    'remove:remove installed models'
    'path:print the folder of an installed model'
    'import:install models from a folder'
  )
  help=('(-h --help)'{-h,--help}'[show help]')

  if (( CURRENT == 2 )); then
    _describe command actions
    _arguments $help
    return
  fi

  local action=$words[2]
  shift words
  (( CURRENT-- ))
  case $action in
    list) _arguments $help '(-l --language)'{-l+,--language=}'[only for this language]:language: ' '--json[print JSON]' ;;
    show) _arguments $help '--json[print JSON]' '1:model:_captionctl_models' ;;
    install) _arguments $help '(-y --yes)'{-y,--yes}'[do not ask]' '--json[print JSON]' '*:model:_captionctl_models' ;;
    remove) _arguments $help '*:model:_captionctl_models' ;;
    path) _arguments $help '1:model:_captionctl_models' ;;
    import) _arguments $help '--json[print JSON]' '1:folder:_files -/' ;;
  esac
}

_captionctl () {
  local -a commands
  commands=(
    'listen:show captions as text or JSON'
    'sources:list the audio sources that can be captioned'
    'engines:list the speech recognition engines'
    'status:show the state of the service and of its streams'
    'provider:set up speech services on the network'
    'model:install models that recognise speech on this computer'
    'doctor:check whether a speech service or a recogniser works'
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
        '(-s --source -j --join)'{-s+,--source=}'[audio source]:source:_captionctl_sources' \
        '(-e --engine -j --join)'{-e+,--engine=}'[speech recognition engine]:engine:_captionctl_engines' \
        '(-l --language -j --join)'{-l+,--language=}'[spoken language]:language: ' \
        '(-j --join -s --source -e --engine -l --language)'{-j+,--join=}'[join a running stream]:stream:_captionctl_streams' \
        '(-f --format)'{-f+,--format=}'[output format]:format:(text json)' \
        '(-n --no-partials)'{-n,--no-partials}'[show only text that is final]' \
        '(-d --duration)'{-d+,--duration=}'[stop after this many seconds]:seconds: '
      ;;
    provider) _captionctl_provider ;;
    model) _captionctl_model ;;
    doctor)
      _arguments \
        '(-h --help)'{-h,--help}'[show help]' \
        '--apply[store the settings that work best]' \
        '--json[print JSON]' \
        '--report=[write a report for a support team]:file:_files' \
        '1:engine:_captionctl_engines'
      ;;
    sources|engines|status)
      _arguments '(-h --help)'{-h,--help}'[show help]' '--json[print JSON]'
      ;;
  esac
}

_captionctl "$@"
