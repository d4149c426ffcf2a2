// Time zones by their IANA name, on every system: from the system's database where there is one, on
// Windows, which has none in that form, from what the build put into the program.
//
// Start-up only: reads files, allocates. Any thread.
#ifndef FEEDHANDLER_CODECS_TIME_ZONE_H_
#define FEEDHANDLER_CODECS_TIME_ZONE_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace fh::codecs {

// False when the zone is not known here; `zone` is UTC then. On Windows the zones that the codecs
// name are in the program (FH_TIME_ZONES in codecs/CMakeLists.txt); others are looked for in the
// folder that TZDIR names.
bool FindTimeZone(absl::string_view name, absl::TimeZone* zone);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_TIME_ZONE_H_
