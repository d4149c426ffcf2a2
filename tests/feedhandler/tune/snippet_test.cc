// What is written for the configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedhandler/config/config.h"
#include "feedhandler/tune/tune.h"
#include "tests/feedhandler/tune/measured.h"

namespace fh::tune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFeed[] = R"(
feed {
  name: "nasdaq" codec: "itch50"
  channel { line { group: "233.54.12.111:26477" interface: "eth1" } }
}
strategy_thread { strategy { name: "count" } }
)";

Report MadeUpReport() {
  Report report;
  report.network = "a cable";
  report.automatic = "recvmmsg";
  report.paths = {PathOf("recvmmsg", std::vector<double>(9, 2300)),
                  PathOf("af_xdp", std::vector<double>(9, 1600), 20, 250),
                  PathOf("af_xdp", std::vector<double>(9, 1900), 20, 260), PathOf("io_uring", {})};
  report.paths[1].path.automatic = report.paths[2].path.automatic = false;
  report.paths[2].placement = kTogether;
  report.paths[3].refusal = "io_uring is switched off\n}\x1b[31m here";
  report.choice = Choose(report.paths, Goal::kLatency);
  report.settings = {report.paths[1], PathOf("af_xdp", std::vector<double>(9, 1400), 20, 250)};
  report.settings[1].path.burst = 256;
  report.settings[1].path.automatic = false;
  report.settings_choice = Choose(report.settings, Goal::kLatency);
  return report;
}

TEST(TuneSnippet, IsAPartOfAConfigurationThatSaysWhatWasChosen) {
  const std::string snippet = Snippet(MadeUpReport());
  const absl::StatusOr<Config> config = ParseConfig(kFeed + snippet, "snippet", {});
  ASSERT_TRUE(config.ok()) << config.status() << "\n" << snippet;
  EXPECT_EQ(config->feed_threads.front().thread.cpu, 1);
  EXPECT_EQ(config->feed_threads.front().receiver.backend, "af_xdp");
  EXPECT_EQ(config->feed_threads.front().receiver.options.burst, 256u);
  EXPECT_EQ(config->feed_threads.front().receiver.options.busy_poll_us, 0u);
}

TEST(TuneSnippet, GivesFiguresAndReasons) {
  const std::string snippet = Snippet(MadeUpReport());
  EXPECT_THAT(snippet, HasSubstr("receive 400 (400..400) kernel 500 (500..500) both 900"));
  EXPECT_THAT(snippet, HasSubstr("lone p50 2300 ns, 44% more than af_xdp"));
  EXPECT_THAT(snippet, HasSubstr("\"auto\" takes recvmmsg here, as the first of its fixed order"));
  // What it takes from others, and what there is without that.
  EXPECT_THAT(snippet, HasSubstr("takes the groups away from other programs"));
  EXPECT_THAT(snippet, HasSubstr("Without that: \"recvmmsg\", feed on CPU 1, kernel on CPU 0"));
  // The same path elsewhere.
  EXPECT_THAT(snippet, HasSubstr("Else, feed and kernel on CPU 0"));
}

TEST(TuneSnippet, ForeignTextStaysInItsComment) {
  const std::string snippet = Snippet(MadeUpReport());
  EXPECT_THAT(snippet, HasSubstr("not measured: io_uring is switched off\n# }?[31m here"));
  EXPECT_THAT(snippet, Not(HasSubstr("\x1b")));
}

TEST(TuneSnippet, NamesEveryPathOfThePlatform) {
  const std::vector<Path> paths = AllPaths();
  ASSERT_FALSE(paths.empty());
  EXPECT_TRUE(paths.front().automatic);
  // Those that are only named come last: of equals none of them is taken.
  bool was_named = false;
  for (const Path& path : paths) {
    EXPECT_FALSE(was_named && path.automatic) << path.Name();
    was_named = was_named || !path.automatic;
  }
}

}  // namespace
}  // namespace fh::tune
