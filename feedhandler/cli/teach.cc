// The verbs help, completion and man.
#include "feedhandler/cli/teach.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/text_parser.h"
#include "feedhandler/version.h"

namespace fh::cli {
namespace {

constexpr char kExitStatus[] =
    "0 when everything asked for was done, 1 when it was not, or not wholly, 2 for a wrong command "
    "line, configuration or file, before anything was begun.";

bool AnyVerb(const CLI::App*) { return true; }

const CLI::App* FindVerb(const CLI::App& program, const std::string& name) {
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) {
    if (verb->get_name() == name) return verb;
  }
  return nullptr;
}

// Of the verb, then what its parts have beside.
std::vector<const CLI::Option*> OptionsOf(const CLI::App& verb) {
  std::vector<const CLI::Option*> options = verb.get_options();
  for (const CLI::App* part : verb.get_subcommands(AnyVerb)) {
    for (const CLI::Option* option : part->get_options()) {
      const auto is_same = [option](const CLI::Option* other) {
        return other->get_name() == option->get_name();
      };
      if (std::none_of(options.begin(), options.end(), is_same)) options.push_back(option);
    }
  }
  return options;
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// "--top", "--help"; positional arguments have none. Of a verb with parts, the parts and theirs too.
std::vector<std::string> LongNames(const CLI::App& verb) {
  std::vector<std::string> names = VerbNames(verb);
  for (const CLI::Option* option : OptionsOf(verb)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string FirstSentence(const std::string& text) {
  const size_t end = text.find_first_of("(;.");
  std::string sentence = text.substr(0, end);
  absl::StripTrailingAsciiWhitespace(&sentence);
  return sentence;
}

std::string Bash(const CLI::App& program) {
  std::string text = absl::StrCat(
      "# bash: source <(feedhandler completion bash)\n_feedhandler() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='",
      absl::StrJoin(VerbNames(program), " "),
      " --help --version'\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n    return\n  "
      "fi\n"
      "  case ${COMP_WORDS[1]} in\n");
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) {
    absl::StrAppend(&text, "    ", verb->get_name(), ") words='",
                    absl::StrJoin(LongNames(*verb), " "), "' ;;\n");
  }
  absl::StrAppend(&text,
                  "  esac\n"
                  "  case ${COMP_WORDS[1]} in\n    help|man) words='",
                  absl::StrJoin(VerbNames(program), " "),
                  "' ;;\n    completion) words='bash zsh fish' ;;\n  esac\n"
                  "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                  "  case $word in\n    -*) ;;\n"
                  "    *) COMPREPLY+=($(compgen -f -- \"${word#--*=}\")) ;;\n  esac\n}\n"
                  "complete -o filenames -F _feedhandler feedhandler\n");
  return text;
}

// For a text between apostrophes, with colons and brackets where zsh reads them.
std::string ZshText(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"'", "'\\''"}, {":", "\\:"}, {"[", "\\["}, {"]", "\\]"}, {"`", ""}});
}

std::string Zsh(const CLI::App& program) {
  std::string text =
      "#compdef feedhandler\n# zsh: feedhandler completion zsh > a folder of $fpath, as "
      "_feedhandler\n_feedhandler() {\n  local -a verbs\n  verbs=(\n";
  std::string verbs;
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) {
    absl::StrAppend(&text, "    '", verb->get_name(), ":", ZshText(verb->get_description()), "'\n");
    absl::StrAppend(&verbs, "    ", verb->get_name(), ") _arguments");
    for (const CLI::Option* option : OptionsOf(*verb)) {
      for (const std::string& name : option->get_lnames()) {
        absl::StrAppend(&verbs, " \\\n      '--", name, TakesValue(*option) ? "=" : "", "[",
                        ZshText(FirstSentence(option->get_description())), "]",
                        TakesValue(*option) ? ":value:_files'" : "'");
      }
    }
    const std::vector<std::string> parts = VerbNames(*verb);
    if (!parts.empty()) {
      absl::StrAppend(&verbs, " \\\n      '1:part:(", absl::StrJoin(parts, " "), ")'");
    }
    absl::StrAppend(&verbs, " \\\n      '*:file:_files' ;;\n");
  }
  return absl::StrCat(text,
                      "  )\n  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n"
                      "  fi\n  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n"
                      "  case $verb in\n",
                      verbs, "  esac\n}\n_feedhandler \"$@\"\n");
}

std::string FishText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}});
}

std::string Fish(const CLI::App& program) {
  std::string text =
      "# fish: feedhandler completion fish > ~/.config/fish/completions/feedhandler.fish\n";
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) {
    absl::StrAppend(&text, "complete -c feedhandler -n __fish_use_subcommand -a ", verb->get_name(),
                    " -d '", FishText(verb->get_description()), "'\n");
    for (const std::string& part : VerbNames(*verb)) {
      absl::StrAppend(&text, "complete -c feedhandler -n '__fish_seen_subcommand_from ",
                      verb->get_name(), "' -a ", part, "\n");
    }
    for (const CLI::Option* option : OptionsOf(*verb)) {
      for (const std::string& name : option->get_lnames()) {
        absl::StrAppend(&text, "complete -c feedhandler -n '__fish_seen_subcommand_from ",
                        verb->get_name(), "' -l ", name, TakesValue(*option) ? " -r" : "", " -d '",
                        FishText(FirstSentence(option->get_description())), "'\n");
      }
    }
  }
  return text;
}

// As text of a page: nothing is a request, and a hyphen is what is typed.
std::string Roff(absl::string_view text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, ".") || absl::StartsWith(line, "'")) out += "\\&";
    absl::StrAppend(&out,
                    absl::StrReplaceAll(line, {{"\\", "\\e"},
                                               {"-", "\\-"},
                                               {"'", "\\(aq"},
                                               {"`", "\\(ga"},
                                               {"^", "\\(ha"},
                                               {"~", "\\(ti"}}),
                    "\n");
  }
  return out;
}

// Lines as they are.
std::string RoffLines(absl::string_view text) { return absl::StrCat(".nf\n", Roff(text), ".fi\n"); }

std::string Heading(const std::string& page, const std::string& description) {
  return absl::StrCat(".TH ", absl::AsciiStrToUpper(page), " 1 \"\" \"feedhandler ", kVersion,
                      "\" \"feedhandler manual\"\n.SH NAME\n", Roff(page), "\\- ",
                      Roff(description));
}

std::string OptionText(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  std::string text = names.empty() ? option.get_name() : absl::StrJoin(names, ", ");
  if (!names.empty() && TakesValue(option)) absl::StrAppend(&text, "=VALUE");
  std::string description = option.get_description();
  if (!option.get_default_str().empty()) {
    absl::StrAppend(&description, " (default: ", option.get_default_str(), ")");
  }
  return absl::StrCat(".TP\n.B ", Roff(text), Roff(description));
}

// What a verb's part is, takes and teaches.
std::string PartSection(const CLI::App& verb, const CLI::App& part) {
  std::string options;
  for (const CLI::Option* option : part.get_options()) {
    if (!option->check_lname("help")) absl::StrAppend(&options, OptionText(*option));
  }
  return absl::StrCat(".SH ",
                      absl::AsciiStrToUpper(absl::StrCat(verb.get_name(), " ", part.get_name())),
                      "\n", Roff(absl::StrCat(part.get_description(), ".")), options, ".PP\n",
                      RoffLines(part.get_footer()));
}

std::string VerbPage(const CLI::App& verb) {
  std::string synopsis = absl::StrCat("feedhandler ", verb.get_name());
  std::string options;
  for (const CLI::Option* option : verb.get_options()) {
    absl::StrAppend(&options, OptionText(*option));
    if (!option->get_positional()) continue;
    const std::string name = option->get_name();
    absl::StrAppend(&synopsis, " ", option->get_required() ? name : absl::StrCat("[", name, "]"));
  }
  std::string parts;
  for (const CLI::App* part : verb.get_subcommands(AnyVerb)) {
    absl::StrAppend(&parts, PartSection(verb, *part));
  }
  if (!parts.empty()) absl::StrAppend(&synopsis, " PART");
  return absl::StrCat(
      Heading(absl::StrCat("feedhandler-", verb.get_name()), verb.get_description()),
      ".SH SYNOPSIS\n.B ", Roff(synopsis), "[options]\n.SH OPTIONS\n", options, ".SH DESCRIPTION\n",
      RoffLines(verb.get_footer()), parts, ".SH EXIT STATUS\n", Roff(kExitStatus),
      ".SH SEE ALSO\n.BR feedhandler (1)\n");
}

std::string ProgramPage(const CLI::App& program) {
  std::string verbs;
  std::vector<std::string> pages;
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) {
    absl::StrAppend(&verbs, ".TP\n.B ", Roff(verb->get_name()), Roff(verb->get_description()));
    pages.push_back(absl::StrCat(".BR feedhandler\\-", verb->get_name(), " (1)"));
  }
  return absl::StrCat(Heading("feedhandler",
                              "exchange market data, from a multicast group or a "
                              "capture file to a strategy"),
                      ".SH SYNOPSIS\n.B feedhandler\nVERB [options]\n.SH VERBS\n", verbs,
                      ".SH EXAMPLES\n", RoffLines(program.get_footer()), ".SH EXIT STATUS\n",
                      Roff(kExitStatus), ".SH SEE ALSO\n", absl::StrJoin(pages, ",\n"), "\n");
}

int PrintOr(const absl::StatusOr<std::string>& text) {
  if (!text.ok()) return Fail(text.status());
  Print(*text);
  return kExitOk;
}

// `names`: none, a verb, or a verb and a part of it.
int Help(const CLI::App& program, const std::vector<std::string>& names) {
  if (names.empty()) {
    // Not program.help(), which after parsing is that of the verb that was parsed.
    Print(program.get_formatter()->make_help(&program, program.get_name(),
                                             CLI::AppFormatMode::Normal));
    return kExitOk;
  }
  const CLI::App* app = &program;
  std::string before;
  for (const std::string& name : names) {
    before = absl::StrCat(before, before.empty() ? "" : " ", app->get_name());
    const CLI::App* verb = FindVerb(*app, name);
    if (verb == nullptr) return Fail(UnknownVerb(*app, name));
    app = verb;
  }
  Print(app->help(before));
  return kExitOk;
}

}  // namespace

std::vector<std::string> VerbNames(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* verb : program.get_subcommands(AnyVerb)) names.push_back(verb->get_name());
  return names;
}

absl::Status UnknownVerb(const CLI::App& program, absl::string_view given) {
  const std::vector<std::string> verbs = VerbNames(program);
  // A verb that is asked for its parts.
  const std::string of = program.get_parent() == nullptr ? "" : program.get_name() + " ";
  if (verbs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the verb ", of, "has no parts, so no '", given, "'"));
  }
  const std::string suggestion =
      absl::StrReplaceAll(config_internal::Suggestion(given, verbs), {{"\"", "'"}});
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no verb '", of, given, "'", suggestion,
      absl::StrContains(suggestion, "?") ? "There" : "there", " are: ", absl::StrJoin(verbs, ", "),
      "\nRun with --help for more information."));
}

absl::StatusOr<std::string> CompletionScript(const CLI::App& program, absl::string_view shell) {
  if (shell == "bash") return Bash(program);
  if (shell == "zsh") return Zsh(program);
  if (shell == "fish") return Fish(program);
  return absl::InvalidArgumentError(
      absl::StrCat("there is no completion for '", shell, "'; there is for: bash, zsh, fish"));
}

absl::StatusOr<std::string> ManualPage(const CLI::App& program, const std::string& verb) {
  if (verb.empty()) return ProgramPage(program);
  const CLI::App* found = FindVerb(program, verb);
  if (found == nullptr) return UnknownVerb(program, verb);
  return VerbPage(*found);
}

void AddTeachVerbs(CLI::App& program, int& exit_code) {
  CLI::App* help = program.add_subcommand("help", "Teach a verb, like its --help");
  auto verb = std::make_shared<std::vector<std::string>>();
  help->add_option("VERB", *verb, "Which, and which part of it; without it, the program")
      ->expected(0, 2);
  help->footer("Examples:\n  feedhandler help replay\n  feedhandler help latency report");
  help->callback([&program, verb, &exit_code] { exit_code = Help(program, *verb); });

  CLI::App* completion =
      program.add_subcommand("completion", "Print a script that completes verbs and options");
  auto shell = std::make_shared<std::string>();
  completion->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  completion->footer(
      "Made from the options of this build.\n\nExamples:\n"
      "  source <(feedhandler completion bash)\n"
      "  feedhandler completion zsh > ~/.zsh/functions/_feedhandler      a folder of $fpath\n"
      "  feedhandler completion fish > ~/.config/fish/completions/feedhandler.fish");
  completion->callback(
      [&program, shell, &exit_code] { exit_code = PrintOr(CompletionScript(program, *shell)); });

  CLI::App* man = program.add_subcommand("man", "Print a manual page in roff");
  auto page = std::make_shared<std::string>();
  auto list = std::make_shared<bool>(false);
  man->add_option("VERB", *page, "Which; without it, the program's");
  man->add_flag("--list", *list, "Print the verbs that have a page, a line each");
  man->footer(
      "The pages are installed with the program, as feedhandler(1) and feedhandler-VERB(1).\n\n"
      "Example:\n  feedhandler man replay | man -l -");
  man->callback([&program, page, list, &exit_code] {
    exit_code = *list ? PrintOr(absl::StrCat(absl::StrJoin(VerbNames(program), "\n"), "\n"))
                      : PrintOr(ManualPage(program, *page));
  });
}

}  // namespace fh::cli
