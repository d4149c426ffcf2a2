// The command line: `feedhandler VERB ...`. Each verb stands in a file of its own and adds itself
// to the program here; main.cc does the rest.
//
// Exit codes, the same for all verbs: kExitOk when everything asked for was done; kExitFailed when
// it was not, or not wholly (a damaged capture, a strategy that could not write); kExitUsage when
// nothing was begun (a wrong option, configuration or file).
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_VERBS_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_VERBS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/cli/options.h"
#include "feedhandler/output/output_claim.h"

namespace fh::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Each adds a verb whose callback sets `exit_code`.
void AddRunVerb(Verb program, int& exit_code);
void AddJoinVerb(Verb program, int& exit_code);
void AddReplayVerb(Verb program, int& exit_code);
void AddBookVerbs(Verb program, int& exit_code);  // book, check-books
void AddDecodeVerb(Verb program, int& exit_code);
void AddInspectVerb(Verb program, int& exit_code);
void AddPublishVerb(Verb program, int& exit_code);
void AddGenerateVerb(Verb program, int& exit_code);
void AddDemoVerb(Verb program, int& exit_code);
void AddDoctorVerb(Verb program, int& exit_code);
void AddJitterVerb(Verb program, int& exit_code);
void AddTuneVerb(Verb program, int& exit_code);
void AddLatencyVerb(Verb program, int& exit_code);  // Its parts: latency_verbs.h
void AddListVerbs(Verb program, int& exit_code);    // codecs, backends, strategies, check,
                                                    // version

// As it was given, the program first.
const std::vector<std::string>& CommandLine();

// Says that this run reads the configuration `path` (output_claim.h); keep what is returned. OK
// without a path.
absl::StatusOr<FileHold> HoldConfig(const std::string& path);

// Prints "feedhandler: <message>" to standard error, one prefix a line, and returns the exit code
// that suits the status: kExitUsage for what the caller got wrong, else kExitFailed.
int Fail(const absl::Status& status);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_VERBS_H_
