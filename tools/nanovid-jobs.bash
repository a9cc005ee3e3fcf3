# nanovid: bash completion for nanovid-jobs
# SPDX-License-Identifier: LGPL-2.1-or-later

_nanovid_jobs()
{
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local commands="balance list collect fetch prune watch forget spending models estimate"
  local options="--state-dir= --base-url= --proxy= --tls-ca-file= --json --all
    --index= --script= --state= --model= --older= --larger= --version --help"

  case $previous in
    collect | --all | forget)
      mapfile -t COMPREPLY < <(compgen -W \
        "$(nanovid-jobs list 2>/dev/null </dev/null | cut -f2)" -- "$current")
      return
      ;;
  esac
  case $current in
    -*)
      mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
      compopt -o nospace 2>/dev/null
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
      ;;
  esac
}

complete -o default -F _nanovid_jobs nanovid-jobs
