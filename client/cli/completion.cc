#include "client/cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dnc::cli {
namespace {

// A place in the tree: "", "leads", "leads import".
struct Place {
  std::string path;
  const CLI::App* app;
};

void Walk(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &app});
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    Walk(*command, absl::StrCat(path, path.empty() ? "" : " ", command->get_name()), places);
  }
}

// The options that may stand at a place: its own and those of the commands around it.
std::vector<const CLI::Option*> OptionsAt(const CLI::App* app) {
  std::vector<const CLI::Option*> options;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      if (option->nonpositional()) options.push_back(option);
    }
  }
  return options;
}

std::vector<std::string> Flags(const CLI::Option* option) {
  std::vector<std::string> flags;
  for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

// The words that an enum option takes; none for any other.
std::vector<std::string> Words(const CLI::Option* option) {
  const std::string type = option->get_type_name();
  if (!absl::StrContains(type, '|')) return {};
  std::vector<std::string> words = absl::StrSplit(type, '|');
  // "TITLE|NUMBER" describes values, "voice|sms" lists them.
  if (words.front().empty() || (words.front()[0] >= 'A' && words.front()[0] <= 'Z')) return {};
  return words;
}

bool TakesFile(const CLI::Option* option) { return option->get_type_name() == "FILE"; }

// Whether a file may stand at a place, as an argument of the command.
bool TakesFile(const Place& place) {
  const std::vector<const CLI::Option*> options = place.app->get_options();
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* option) {
    return !option->nonpositional() && TakesFile(option);
  });
}

std::string Candidates(const Place& place) {
  std::vector<std::string> words;
  for (const CLI::App* command : place.app->get_subcommands(nullptr)) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : place.app->get_options()) {
    if (option->nonpositional()) continue;
    for (const std::string& word : Words(option)) words.push_back(word);
  }
  for (const CLI::Option* option : OptionsAt(place.app)) {
    for (const std::string& flag : Flags(option)) {
      if (std::find(words.begin(), words.end(), flag) == words.end()) words.push_back(flag);
    }
  }
  return absl::StrJoin(words, " ");
}

// What may follow an option: words, "@files", or "@none" where only the user knows.
std::string Values(const CLI::Option* option) {
  if (TakesFile(option)) return "@files";
  const std::string words = absl::StrJoin(Words(option), " ");
  return words.empty() ? "@none" : words;
}

// "leads:--status" cases: what follows an option, for every option that takes a value.
std::string ValueCases(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    for (const CLI::Option* option : OptionsAt(place.app)) {
      if (option->get_expected_max() == 0) continue;
      for (const std::string& flag : Flags(option)) {
        absl::StrAppend(&cases, "    '", place.path, ":", flag, "') values='", Values(option),
                        "' ;;\n");
      }
    }
  }
  return cases;
}

std::string CandidateCases(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    absl::StrAppend(&cases, "    '", place.path, "') candidates='", Candidates(place), "'",
                    TakesFile(place) ? " files=1" : "", " ;;\n");
  }
  return cases;
}

std::string PathCases(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) {
    if (!place.path.empty()) paths.push_back(absl::StrCat("'", place.path, "'"));
  }
  return absl::StrJoin(paths, "|");
}

constexpr char kBash[] = R"(_dncctl() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
  local place='' next word candidates='' values='' files=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="${place:+$place }$word"
    case "$next" in
      $PATHS) place="$next" ;;
    esac
  done
  case "$place:$prev" in
$VALUES  esac
  COMPREPLY=()
  case "$values" in
    '') ;;
    '@none') return ;;
    '@files') files=1 ;;
    *)
      COMPREPLY=($(compgen -W "$values" -- "$cur"))
      return
      ;;
  esac
  if [[ -z "$values" ]]; then
    case "$place" in
$WORDS    esac
    COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
  fi
  if [[ -n "$files" && "$cur" != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F _dncctl dncctl
)";

// For a folder of $fpath, where zsh runs the file as the body of _dncctl, and for `source`.
constexpr char kZsh[] = R"(#compdef dncctl
_dncctl() {
  local place='' next word candidates='' values='' files=''
  for word in "${(@)words[2,CURRENT-1]}"; do
    next="${place:+$place }$word"
    case "$next" in
      $PATHS) place="$next" ;;
    esac
  done
  case "$place:${words[CURRENT-1]}" in
$VALUES  esac
  case "$values" in
    '') ;;
    '@none') return 1 ;;
    '@files') _files; return ;;
    *) compadd -- ${=values}; return ;;
  esac
  case "$place" in
$WORDS  esac
  local found=1
  compadd -- ${=candidates} && found=0
  [[ -n "$files" && "${words[CURRENT]}" != -* ]] && _files && found=0
  return found
}
if [[ "${funcstack[1]}" == _dncctl ]]; then
  _dncctl "$@"
else
  (( $+functions[compdef] )) || { autoload -U compinit && compinit }
  compdef _dncctl dncctl
fi
)";

std::string FillIn(const char* script, const CLI::App& app) {
  std::vector<Place> places;
  Walk(app, "", places);
  return absl::StrReplaceAll(script, {{"$PATHS", PathCases(places)},
                                      {"$VALUES", ValueCases(places)},
                                      {"$WORDS", CandidateCases(places)}});
}

std::string FishQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

// Fish's condition for being at a place, or below it.
std::string FishAt(const Place& place) {
  if (place.path.empty()) return "true";
  std::vector<std::string> seen;
  for (const absl::string_view word : absl::StrSplit(place.path, ' ')) {
    seen.push_back(absl::StrCat("__fish_seen_subcommand_from ", word));
  }
  return absl::StrJoin(seen, "; and ");
}

// And for being there with none of its commands chosen yet.
std::string FishBeforeCommand(const Place& place) {
  if (place.path.empty()) return "__fish_use_subcommand";
  std::string condition = absl::StrCat(FishAt(place), "; and not __fish_seen_subcommand_from");
  for (const CLI::App* command : place.app->get_subcommands(nullptr)) {
    absl::StrAppend(&condition, " ", command->get_name());
  }
  return condition;
}

std::string FishOption(const std::string& at, const CLI::Option* option) {
  std::string line = absl::StrCat("complete -c dncctl -n ", FishQuoted(at));
  for (const std::string& name : option->get_snames()) absl::StrAppend(&line, " -s ", name);
  for (const std::string& name : option->get_lnames()) absl::StrAppend(&line, " -l ", name);
  if (option->get_expected_max() > 0) {
    const std::vector<std::string> words = Words(option);
    absl::StrAppend(&line, TakesFile(option) ? " -r -F" : " -x");
    if (!words.empty()) absl::StrAppend(&line, " -a ", FishQuoted(absl::StrJoin(words, " ")));
  }
  return absl::StrCat(line, " -d ", FishQuoted(option->get_description()), "\n");
}

std::string Fish(const CLI::App& app) {
  std::vector<Place> places;
  Walk(app, "", places);
  std::string script = "complete -c dncctl -f\n";  // no files but where a command takes one
  for (const Place& place : places) {
    const std::string at = FishAt(place);
    if (TakesFile(place)) {
      absl::StrAppend(&script, "complete -c dncctl -F -n ", FishQuoted(at), "\n");
    }
    for (const CLI::App* command : place.app->get_subcommands(nullptr)) {
      absl::StrAppend(&script, "complete -c dncctl -f -n ", FishQuoted(FishBeforeCommand(place)),
                      " -a ", command->get_name(), " -d ", FishQuoted(command->get_description()),
                      "\n");
    }
    for (const CLI::Option* option : place.app->get_options()) {
      if (option->nonpositional()) absl::StrAppend(&script, FishOption(at, option));
    }
  }
  return script;
}

}  // namespace

const EnumNames& ShellNames() {
  static const auto& names = *new EnumNames{{"bash", static_cast<int>(Shell::kBash)},
                                            {"zsh", static_cast<int>(Shell::kZsh)},
                                            {"fish", static_cast<int>(Shell::kFish)}};
  return names;
}

std::string CompletionScript(Shell shell, const CLI::App& app) {
  switch (shell) {
    case Shell::kFish:
      return Fish(app);
    case Shell::kZsh:
      return FillIn(kZsh, app);
    case Shell::kBash:
      break;
  }
  return FillIn(kBash, app);
}

}  // namespace dnc::cli
