// For suites that run over every socket backend that "auto" may choose (AF_XDP, which is not among
// them, takes its lines away from other programs of the host: its tests are in tests/rio/af_xdp):
//
//   INSTANTIATE_TEST_SUITE_P(Backends, MyTest, ::testing::ValuesIn(AllBackends()),
//   BackendTestName);
#ifndef FEEDHANDLER_TESTS_ALL_BACKENDS_H_
#define FEEDHANDLER_TESTS_ALL_BACKENDS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rio/backends.h"

namespace fh::test {

inline std::vector<const rio::BackendInfo*> AllBackends() {
  std::vector<const rio::BackendInfo*> backends;
  for (const rio::BackendInfo& backend : rio::SocketBackends()) {
    if (backend.automatic) backends.push_back(&backend);
  }
  return backends;
}

inline std::string BackendTestName(
    const ::testing::TestParamInfo<const rio::BackendInfo*>& backend) {
  return backend.param->name;
}

// Position in the list, to give each backend ports of its own.
inline uint16_t BackendNumber(const rio::BackendInfo* backend) {
  return static_cast<uint16_t>(backend - rio::SocketBackends().data());
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_ALL_BACKENDS_H_
