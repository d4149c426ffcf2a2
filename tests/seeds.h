// How much of a long test runs here. A plain build runs all of it. With a sanitizer, which makes it
// ten times slower, a share runs, another one each day, so that some days see all; with
// FEEDHANDLER_FULL_SIMS=1 in the environment (./tests/run --asan --full) all of it there too.
//
//   const Seeds seeds(5000);                // 1 to 5000, or a row of 500 of them
//   for (const uint64_t seed : seeds) {
//     ASSERT_TRUE(Holds(seed, gaps)) << "seed " << seed;
//   }
//   EXPECT_GE(gaps, seeds.Share(100'000));  // of what all seeds bring, the part to expect
//
//   const EachOf frames("frames", 10);      // all, or each tenth
//   for (uint64_t n = 1; Next(frame); ++n) {
//     if (frames.Has(n)) Compare(frame);
//   }
//
// What ran is printed, and noted for tests/run, which shows it. FEEDHANDLER_SIM_DAY=20413 chooses
// as on that day (days since 1970), to see again what failed. FEEDHANDLER_SIM_SEEDS=5001-120000 runs
// those seeds in place of a test's own, as many as wanted:
//
//   FEEDHANDLER_SIM_SEEDS=5001-120000 sim_tests --gtest_filter='AttackSim.*'
#ifndef FEEDHANDLER_TESTS_SEEDS_H_
#define FEEDHANDLER_TESTS_SEEDS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "tests/sanitized.h"

namespace fh::test {

inline bool RunsAllSeeds() {
#if defined(FEEDHANDLER_SANITIZED)
  const char* full = std::getenv("FEEDHANDLER_FULL_SIMS");
  return full != nullptr && std::string(full) == "1";
#else
  return true;
#endif
}

// Days since 1970.
inline uint64_t SimulationDay() {
  if (const char* day = std::getenv("FEEDHANDLER_SIM_DAY")) {
    return std::strtoull(day, nullptr, 10);
  }
  using Days = std::chrono::duration<uint64_t, std::ratio<86400>>;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Days>(now).count();
}

// In the running test: one sentence, which tests/main.cc hands on.
inline void NoteWhatRuns(const std::string& what) {
  std::printf("runs %s\n", what.c_str());
  testing::Test::RecordProperty("runs", what);
}

// The numbers 1 to `all`, or a row of a tenth of them, of 20 at least.
class Seeds {
 public:
  explicit Seeds(uint64_t all, const std::string& things = "seeds")
      : Seeds(all, RunsAllSeeds() ? 0 : SimulationDay(), RunsAllSeeds()) {
    const uint64_t most = std::numeric_limits<uint64_t>::max() - 1;
    unsigned long long first = 0;
    unsigned long long last = 0;
    if (const char* row = std::getenv("FEEDHANDLER_SIM_SEEDS")) {
      const bool is_row = std::sscanf(row, "%llu-%llu", &first, &last) == 2;
      if (!is_row || first > last || last > most) {
        ADD_FAILURE() << "FEEDHANDLER_SIM_SEEDS is FIRST-LAST, such as 5001-6000, not " << row;
        return;
      }
      first_ = first;
      end_ = last + 1;
    }
    NoteWhatRuns(things + " " + std::to_string(first_) + " to " + std::to_string(end_ - 1) +
                 " of " + std::to_string(all_));
  }

  // Those of a day; notes nothing.
  Seeds(uint64_t all, uint64_t day, bool whole) : all_(all) {
    const uint64_t row = whole ? all : std::min(all, std::max<uint64_t>(all / 10, 20));
    const uint64_t rows = row == 0 ? 1 : (all + row - 1) / row;
    first_ = 1 + (day % rows) * row;
    end_ = std::min(first_ + row, all + 1);
  }

  class Iterator {
   public:
    explicit Iterator(uint64_t seed) : seed_(seed) {}
    uint64_t operator*() const { return seed_; }
    Iterator& operator++() {
      ++seed_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return seed_ != other.seed_; }

   private:
    uint64_t seed_;
  };
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(end_); }

  uint64_t first() const { return first_; }
  uint64_t size() const { return end_ - first_; }
  bool whole() const { return size() == all_; }

  // At least this much can be expected of the seeds that run, when all of them bring `of_all`: half
  // of their share, because they are not alike.
  uint64_t Share(uint64_t of_all) const { return whole() ? of_all : of_all * size() / all_ / 2; }

 private:
  uint64_t all_;
  uint64_t first_ = 1;
  uint64_t end_ = 1;
};

// Of a row of unknown length, each; or each `n`th.
class EachOf {
 public:
  EachOf(const std::string& things, uint64_t n)
      : n_(RunsAllSeeds() ? 1 : n), offset_(SimulationDay() % n_) {
    NoteWhatRuns(n_ == 1 ? "all " + things
                         : "1 of " + std::to_string(n_) + " " + things + ", those that leave " +
                               std::to_string(offset_));
  }

  bool Has(uint64_t number) const { return number % n_ == offset_; }
  bool whole() const { return n_ == 1; }

 private:
  uint64_t n_;
  uint64_t offset_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SEEDS_H_
