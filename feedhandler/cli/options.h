// How a verb declares what it takes. The parser behind it (CLI11) is compiled once, in options.cc,
// instead of with each verb.
//
//   Verb verb = program.AddVerb("join", "Join groups and show what arrives");
//   const Option groups = verb.Add("GROUP", arguments->groups, "ADDRESS:PORT").Required();
//   verb.Add("--seconds", arguments->seconds, "How long").Range(0.0, 1e9).ShowDefault();
//   verb.AddFlag("--json", arguments->json, "Print JSON").Needs(groups);
//   verb.OnRun([arguments, &exit_code] { exit_code = Join(*arguments); });
//
// Both are handles to what the program owns; a variable that is filled must live as long as the
// program, which the callback sees to. Main thread, at the start.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_OPTIONS_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_OPTIONS_H_

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace fh::cli {

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option Required() const;
  // What the variable holds before is shown as the default; or `text` is.
  Option ShowDefault() const;
  Option Default(const std::string& text) const;
  // A value between both, which are of the variable's type: int, uint32_t or double, and no NaN.
  template <class T>
  Option Range(T least, T most) const;
  Option OneOf(std::vector<std::string> values) const;
  // Only together with, or never beside, another one.
  Option Needs(Option other) const;
  Option Excludes(Option other) const;
  // So many values behind it.
  Option Values(int least, int most) const;

 private:
  CLI::Option* option_;
};

class Verb {
 public:
  explicit Verb(CLI::App* app) : app_(app) {}

  Verb AddVerb(const std::string& name, const std::string& description) const;
  // One of the verbs that were added must be given.
  void RequireVerb() const;

  // `names`: "--out,-o", or "CONFIG" for what is known by its place. T: std::string, numbers, vectors and
  // optionals of them; options.cc has the list.
  template <class T>
  Option Add(const std::string& names, T& variable, const std::string& help) const;
  Option AddFlag(const std::string& names, bool& variable, const std::string& help) const;

  // What --help says below the options.
  void Footer(const std::string& text) const;
  void OnRun(std::function<void()> run) const;

 private:
  CLI::App* app_;
};

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_OPTIONS_H_
