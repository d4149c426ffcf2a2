// Rules that hold for the options of every verb, found by walking the parser.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "feedhandler/cli/program.h"

namespace fh::test {
namespace {

bool Any(const CLI::App*) { return true; }

// Verbs and their options that take a value.
struct WithValue {
  std::string verb;
  std::string option;
};

std::vector<WithValue> OptionsWithValues() {
  CLI::App program;
  int exit_code = 0;
  cli::AddVerbs(program, exit_code);
  std::vector<WithValue> found;
  for (const CLI::App* verb : program.get_subcommands(Any)) {
    for (const CLI::Option* option : verb->get_options()) {
      if (option->get_positional() || option->get_items_expected_max() == 0) continue;
      found.push_back({verb->get_name(), option->get_name()});
    }
  }
  return found;
}

// Thrown in place of running a verb.
struct ParsedWell {};

// A program whose verbs parse, in whatever order and with whatever is missing, and do nothing.
class Parser {
 public:
  Parser() {
    cli::AddVerbs(program_, exit_code_);
    for (CLI::App* verb : program_.get_subcommands(Any)) {
      verb->parse_complete_callback([] { throw ParsedWell(); });
      for (CLI::Option* option : verb->get_options()) {
        option->required(false);
        const std::set<CLI::Option*> needs = option->get_needs();
        for (CLI::Option* needed : needs) option->remove_needs(needed);
      }
    }
  }

  // False when a check of a value said no.
  bool Parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      program_.parse(arguments);
    } catch (const ParsedWell&) {
      return true;
    } catch (const CLI::ValidationError&) {
      return false;
    } catch (const CLI::ConversionError&) {
      return false;
    }
    return false;
  }

  CLI::App* verb(const std::string& name) { return program_.get_subcommand(name); }

 private:
  CLI::App program_;
  int exit_code_ = 0;
};

TEST(Options, TakeOneValueEachAndLeaveTheCaptureBehindThemAlone) {
  int tried = 0;
  for (const auto& [name, option_name] : OptionsWithValues()) {
    for (const char* value : {"1", "64", "csv", "pcap", "latency", "text", "top"}) {
      Parser parser;
      CLI::App* verb = parser.verb(name);
      CLI::Option* option = verb->get_option(option_name);
      const std::vector<CLI::Option*> positionals =
          verb->get_options([](const CLI::Option* other) { return other->get_positional(); });
      std::vector<std::string> arguments{name, option_name, value};
      if (!positionals.empty()) arguments.push_back("POSITIONAL");
      if (!parser.Parse(arguments)) continue;
      ++tried;
      EXPECT_EQ(option->results(), std::vector<std::string>{value}) << name << " " << option_name;
      if (positionals.empty()) break;
      EXPECT_EQ(positionals[0]->results(), std::vector<std::string>{"POSITIONAL"})
          << name << " " << option_name;
      break;
    }
  }
  EXPECT_GE(tried, static_cast<int>(OptionsWithValues().size()));
}

TEST(Options, ThatAreRepeatedKeepEveryValue) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"replay", "--line"}, {"replay", "--strategy"}, {"decode", "--group"},
      {"publish", "--map"}, {"generate", "--group"},  {"generate", "--loss"},
  };
  for (const auto& [verb, option] : all) {
    Parser parser;
    ASSERT_TRUE(parser.Parse({verb, option, "1", "FILE", option, "2", option + "=3"})) << verb;
    EXPECT_EQ(parser.verb(verb)->get_option(option)->results(),
              (std::vector<std::string>{"1", "2", "3"}))
        << verb << option;
  }
}

// An IPv6 group in brackets is one value.
TEST(Options, BracketsAreNoLists) {
  Parser parser;
  ASSERT_TRUE(parser.Parse({"replay", "--line=[ff15::1]:26400", "FILE"}));
  EXPECT_EQ(parser.verb("replay")->get_option("--line")->as<std::vector<std::string>>(),
            (std::vector<std::string>{"[ff15::1]:26400"}));
}

}  // namespace
}  // namespace fh::test
