#include "feedhandler/cli/options.h"

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace fh::cli {

Option Option::Required() const {
  option_->required();
  return *this;
}

Option Option::ShowDefault() const {
  option_->capture_default_str();
  return *this;
}

Option Option::Default(const std::string& text) const {
  option_->default_str(text);
  return *this;
}

namespace {

// The parser's own check of a range lets "nan" through.
std::string RefuseNan(const std::string& text) {
  return absl::EqualsIgnoreCase(absl::StripPrefix(absl::StripPrefix(text, "-"), "+").substr(0, 3),
                                "nan")
             ? absl::StrCat(text, " is not a number")
             : "";
}

}  // namespace

template <class T>
Option Option::Range(T least, T most) const {
  option_->check(CLI::Range(least, most));
  if constexpr (std::is_floating_point_v<T>) option_->check(RefuseNan);
  return *this;
}
template Option Option::Range(int, int) const;
template Option Option::Range(uint32_t, uint32_t) const;
template Option Option::Range(double, double) const;

Option Option::OneOf(std::vector<std::string> values) const {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Option Option::Needs(Option other) const {
  option_->needs(other.option_);
  return *this;
}

Option Option::Excludes(Option other) const {
  option_->excludes(other.option_);
  return *this;
}

Option Option::Values(int least, int most) const {
  option_->expected(least, most);
  return *this;
}

Verb Verb::AddVerb(const std::string& name, const std::string& description) const {
  return Verb(app_->add_subcommand(name, description));
}

void Verb::RequireVerb() const { app_->require_subcommand(1); }

template <class T>
Option Verb::Add(const std::string& names, T& variable, const std::string& help) const {
  return Option(app_->add_option(names, variable, help));
}
template Option Verb::Add(const std::string&, std::string&, const std::string&) const;
template Option Verb::Add(const std::string&, std::vector<std::string>&, const std::string&) const;
template Option Verb::Add(const std::string&, int&, const std::string&) const;
template Option Verb::Add(const std::string&, uint32_t&, const std::string&) const;
template Option Verb::Add(const std::string&, uint64_t&, const std::string&) const;
template Option Verb::Add(const std::string&, double&, const std::string&) const;
template Option Verb::Add(const std::string&, std::optional<int>&, const std::string&) const;
template Option Verb::Add(const std::string&, std::optional<uint32_t>&, const std::string&) const;
template Option Verb::Add(const std::string&, std::optional<uint64_t>&, const std::string&) const;
template Option Verb::Add(const std::string&, std::optional<double>&, const std::string&) const;
template Option Verb::Add(const std::string&, std::vector<double>&, const std::string&) const;

Option Verb::AddFlag(const std::string& names, bool& variable, const std::string& help) const {
  return Option(app_->add_flag(names, variable, help));
}

void Verb::Footer(const std::string& text) const { app_->footer(text); }

void Verb::OnRun(std::function<void()> run) const { app_->callback(std::move(run)); }

}  // namespace fh::cli
