# nanovid: bash completion for nanovid-jobs
# SPDX-License-Identifier: LGPL-2.1-or-later

# The run ids of the journal.
_nanovid_jobs_ids()
{
  nanovid-jobs list 2>/dev/null </dev/null | cut -f2
}

_nanovid_jobs()
{
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local commands="balance list collect fetch prune watch forget spending models estimate"
  local options="--state-dir= --database= --base-url= --proxy= --tls-ca-file= --json
    --all --index= --script= --state= --model= --older= --larger= --version --help"

  # The shell takes --state=live apart.
  if [[ $current == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD-1]} current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $previous in
    collect | --all | forget)
      mapfile -t COMPREPLY < <(compgen -W "$(_nanovid_jobs_ids)" -- "$current")
      return
      ;;
    --state)
      mapfile -t COMPREPLY < <(compgen -W \
        "intent sending accepted delivered live" -- "$current")
      return
      ;;
    --state-dir)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    --tls-ca-file | --script)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --database | --base-url | --proxy | --index | --model | --older | --larger)
      return
      ;;
  esac
  case $current in
    -*)
      mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
      [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
      ;;
  esac
}

complete -o default -F _nanovid_jobs nanovid-jobs
