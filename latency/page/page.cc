#include "latency/page/page.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "latency/page/page_data.h"
#include "latency/page/page_files.h"
#include "latency/summary/summary.h"

namespace fh::latency::page {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

}  // namespace

std::string HtmlPage(const proto::LatencyReport& report, const PageOptions& options) {
  const std::string title = Escaped(Title(report, options));
  const absl::StatusOr<summary::Summary> made = summary::Summarize(report);
  const summary::Summary summary = made.ok() ? *made : summary::Summary{};
  const std::string verdict =
      made.ok() ? summary.verdict : absl::StrCat("No verdict: ", made.status().message(), ".");
  std::string page =
      absl::StrCat(kPageFirstBytes, ScriptHash(), "; style-src ", StyleHash(),
                   "; img-src data:; base-uri 'none'; form-action 'none'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<link rel=\"icon\" href=\"data:,\">\n<title>",
                   title, "</title>\n<style>", Style(), "</style>\n</head>\n<body>\n<header><h1>",
                   title, "</h1>\n<p id=\"verdict\">", Escaped(verdict),
                   "</p>\n<noscript><p>The pictures need JavaScript.</p></noscript>\n</header>\n"
                   "<main id=\"page\"></main>\n");
  // Base64 takes four bytes for three.
  const size_t frame = page.size() + Script().size() + 200;
  const size_t left = options.most_bytes > frame ? options.most_bytes - frame : 0;
  const std::string data = PageData(report, summary, std::max<size_t>(left / 4 * 3, 1));
  absl::StrAppend(&page, "<script type=\"application/octet-stream\" id=\"data\">",
                  absl::Base64Escape(data), "</script>\n<script>", Script(),
                  "</script>\n</body>\n</html>\n");
  return page;
}

}  // namespace fh::latency::page
