# fish completion for captionctl
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# Prints the first column of a list. Two spaces separate the columns.
function __captionctl_first_column
    captionctl $argv[1] 2>/dev/null | sed -e 1d -e 's/  .*//'
end

function __captionctl_streams
    captionctl status 2>/dev/null | sed -n 's/^Stream //p'
end

function __captionctl_providers
    captionctl provider list 2>/dev/null | sed -n -e '1{/^PROVIDER  /!q}' -e '1!s/  .*//p'
end

function __captionctl_models
    captionctl model list 2>/dev/null | sed -n -e '1{/^MODEL  /!q}' -e '1!s/  .*//p'
end

function __captionctl_model
    __fish_seen_subcommand_from model; and __fish_seen_subcommand_from $argv
end

function __captionctl_provider
    __fish_seen_subcommand_from provider; and __fish_seen_subcommand_from $argv
end

set -l commands listen sources engines status provider model doctor

complete -c captionctl -f
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a listen -d 'Show captions as text or JSON'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a sources -d 'List the audio sources that can be captioned'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a engines -d 'List the speech recognition engines'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a status -d 'Show the state of the service and of its streams'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a provider -d 'Set up speech services on the network'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a model -d 'Install models that recognise speech on this computer'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'Check whether a speech service or a recogniser works'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -l version -d 'Show the version'
complete -c captionctl -s h -l help -d 'Show help'

complete -c captionctl -n '__fish_seen_subcommand_from listen' -s s -l source -x -a 'system microphone (__captionctl_first_column sources)' -d 'Audio source'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s e -l engine -x -a '(__captionctl_first_column engines)' -d 'Speech recognition engine'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s l -l language -x -d 'Spoken language'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s j -l join -x -a '(__captionctl_streams)' -d 'Join a running stream'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s f -l format -x -a 'text json' -d 'Output format'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s n -l no-partials -d 'Show only text that is final'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s d -l duration -x -d 'Stop after this many seconds'
complete -c captionctl -n '__fish_seen_subcommand_from sources engines status' -l json -d 'Print JSON'

set -l actions add list show set remove set-key clear-key default
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a add -d 'Set up a speech service'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a list -d 'List the speech services that are set up'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a show -d 'Show the settings of a service'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a set -d 'Change settings of a service'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a remove -d 'Remove a service and its key'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a set-key -d 'Store a key in the keyring'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a clear-key -d 'Remove a key from the keyring'
complete -c captionctl -n "__fish_seen_subcommand_from provider; and not __fish_seen_subcommand_from $actions" -a default -d 'Choose the default engine'
complete -c captionctl -n '__captionctl_provider add' -a 'openai azure speaches localai vllm'
complete -c captionctl -n '__captionctl_provider set show remove set-key clear-key' -a '(__captionctl_providers)'
complete -c captionctl -n '__captionctl_provider default' -a '(__captionctl_first_column engines)'
complete -c captionctl -n '__captionctl_provider list show' -l json -d 'Print JSON'
complete -c captionctl -n '__captionctl_provider add set set-key' -l key-stdin -d 'Read the key from the standard input'
complete -c captionctl -n '__captionctl_provider add set' -l dialect -x -a 'auto openai azure azure-realtime azure-preview legacy speaches localai vllm' -d 'Variant of the protocol'
complete -c captionctl -n '__captionctl_provider add set' -l url -x -d 'Base URL'
complete -c captionctl -n '__captionctl_provider add set' -l model -x -d 'Transcription model or deployment'
complete -c captionctl -n '__captionctl_provider add set' -l session-model -x -d 'Conversation model or deployment'
complete -c captionctl -n '__captionctl_provider add set' -l auth -x -a 'bearer api-key token-command none' -d 'Authentication'
complete -c captionctl -n '__captionctl_provider add set' -l token-command -x -d 'Program that prints a token'
complete -c captionctl -n '__captionctl_provider add set' -l turns -x -a 'server client' -d 'Sentence detection'
complete -c captionctl -n '__captionctl_provider add set' -l rate -x -a '16000 24000' -d 'Sample rate for legacy'
complete -c captionctl -n '__captionctl_provider add set' -l prompt -x -d 'Hint for the model'
complete -c captionctl -n '__captionctl_provider add set' -l keyword -x -d 'Word that the model should expect'
complete -c captionctl -n '__captionctl_provider add set' -l delay -x -a 'minimal low medium high xhigh' -d 'Delay of the text'
complete -c captionctl -n '__captionctl_provider add set' -l noise-reduction -x -a 'near_field far_field' -d 'Noise reduction'
complete -c captionctl -n '__captionctl_provider add set' -l organization -x -d 'OpenAI organization'
complete -c captionctl -n '__captionctl_provider add set' -l project -x -d 'OpenAI project'
complete -c captionctl -n '__captionctl_provider add set' -l ca-file -r -F -d 'Certificate of the authority'
complete -c captionctl -n '__captionctl_provider add set' -l mint -d 'Connect with a temporary client secret'
complete -c captionctl -n '__captionctl_provider add set' -l no-mint -d 'Connect with the key itself'
complete -c captionctl -n '__captionctl_provider add set' -l allow-plain -d 'Allow an unencrypted connection'
complete -c captionctl -n '__captionctl_provider add set' -l no-allow-plain -d 'Refuse an unencrypted connection'
complete -c captionctl -n '__captionctl_provider add set' -l no-key -d 'Store no key now'
complete -c captionctl -n '__captionctl_provider add set' -l default -d 'Make it the default engine'

set -l model_actions list show install remove path import
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a list -d 'List the models, installed or not'
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a show -d 'Show what is known about a model'
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a install -d 'Download and install models'
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a remove -d 'Remove installed models'
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a path -d 'Print the folder of an installed model'
complete -c captionctl -n "__fish_seen_subcommand_from model; and not __fish_seen_subcommand_from $model_actions" -a import -d 'Install models from a folder'
complete -c captionctl -n '__captionctl_model show install remove path' -a '(__captionctl_models)'
complete -c captionctl -n '__captionctl_model import' -x -a '(__fish_complete_directories)'
complete -c captionctl -n '__captionctl_model list' -s l -l language -x -d 'Only for this language'
complete -c captionctl -n '__captionctl_model install' -s y -l yes -d 'Do not ask'
complete -c captionctl -n '__captionctl_model list show install import' -l json -d 'Print JSON'

complete -c captionctl -n '__fish_seen_subcommand_from doctor' -a '(__captionctl_first_column engines)'
complete -c captionctl -n '__fish_seen_subcommand_from doctor' -l apply -d 'Store the settings that work best'
complete -c captionctl -n '__fish_seen_subcommand_from doctor' -l json -d 'Print JSON'
complete -c captionctl -n '__fish_seen_subcommand_from doctor' -l report -r -F -d 'Write a report for a support team'
