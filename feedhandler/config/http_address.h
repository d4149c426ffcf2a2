// Where the HTTP server of a running handler listens: one rule for the configuration and for --http.
//
//   absl::StatusOr<rio::Endpoint> listen = ParseHttpAddress("127.0.0.1:9464", /*remote=*/false);
//
// Any thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_CONFIG_HTTP_ADDRESS_H_
#define FEEDHANDLER_FEEDHANDLER_CONFIG_HTTP_ADDRESS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rio/endpoint.h"

namespace fh {

// "127.0.0.1:9464", "[::1]:9464"; port 0: the system picks one. Errors, InvalidArgument: no address
// and port, a group, or an address that other hosts reach while `remote` was not said.
absl::StatusOr<rio::Endpoint> ParseHttpAddress(absl::string_view text, bool remote);

// 127.0.0.0/8 and ::1.
bool IsLoopback(const rio::IpAddress& address);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_CONFIG_HTTP_ADDRESS_H_
