// The streams of a table for people and for programs; both `inspect` and `join` end with them.
//
//   std::fputs(StreamsText(table, {.top = 20}).c_str(), stdout);
//   json.Key("streams"); StreamsJson(table, json);
//
// Any thread while the table does not change; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_REPORT_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "codecs/json_writer.h"
#include "feedhandler/inspect/channels.h"
#include "feedhandler/inspect/stream_table.h"

namespace fh {

struct StreamReportOptions {
  size_t top = SIZE_MAX;  // The busiest streams only.
};

// Traffic of each stream, the busiest first; then the numbers of each line and session, by channel;
// then the first bytes of streams that nothing is known of. Ends with a newline.
std::string StreamsText(const StreamTable& table, const StreamReportOptions& options = {});

// An array of objects, one a stream, the busiest first.
void StreamsJson(const StreamTable& table, const StreamReportOptions& options, JsonWriter& json);

// An array of objects, one a channel, with codec and lines.
void ChannelsJson(const std::vector<DiscoveredChannel>& channels, JsonWriter& json);

// "1.23 M", "45.6 k", "789": three digits with a decimal prefix, for rates.
std::string FormatRate(double value);

// "40/187/1,400" of payload bytes: least, mean, most.
std::string FormatSizes(const Traffic& traffic);

// "itch50", "itch50 (87%)" when not certain, "moldudp64, itch50?" when too little speaks for it.
std::string FormatGuess(const Stream& stream);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_REPORT_H_
