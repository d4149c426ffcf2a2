// What Prometheus' text must be and promtool does not look for, checked from the text alone: this
// shares nothing with what writes it.
//
//   EXPECT_THAT(ExpositionFaults(text), IsEmpty());
//   EXPECT_THAT(FallenCounters(earlier, later), IsEmpty());
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_EXPOSITION_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_EXPOSITION_H_

#include <map>
#include <set>
#include <string>
#include <vector>

namespace fh::test {

// A sentence a fault: no HELP or TYPE or two, families interleaved, a series twice, names that are none,
// no LF at the end; counters without _total; of histograms a missing +Inf, buckets that fall, bounds out
// of order or of another spelling in another series, +Inf that is not _count, a missing _sum.
std::vector<std::string> ExpositionFaults(const std::string& text);

// Counters, buckets and counts that are less in the later text, or gone.
std::vector<std::string> FallenCounters(const std::string& earlier, const std::string& later);

// Series of histograms of which more than 1% lies above the last finite bound: no percentile of theirs
// says anything (trap 16).
std::vector<std::string> OverflowingHistograms(const std::string& text);

// Families by name, with their label names (without le).
std::map<std::string, std::set<std::string>> FamiliesOf(const std::string& text);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_EXPOSITION_H_
