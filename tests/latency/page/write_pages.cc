// Writes the sample pages into a folder, to be looked at:
//
//   build/release/tests/latency/page/latency_page_samples build/pages
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "latency/page/page.h"
#include "tests/latency/page/sample_reports.h"

int main(int argc, char** argv) {
  using fh::latency::page::HtmlPage;
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  auto reports = fh::latency::page::EdgeReports();
  reports.push_back({"minute", fh::latency::page::RunReport({.seconds = 60})});
  reports.push_back({"hour", fh::latency::page::RunReport({})});
  for (const auto& [name, report] : reports) {
    const std::string page = HtmlPage(report);
    std::ofstream(folder / absl::StrCat(name, ".html"), std::ios::binary) << page;
    std::ofstream(folder / absl::StrCat(name, ".latency"), std::ios::binary)
        << report.SerializeAsString();
    std::printf("%s %zu bytes\n", name.c_str(), page.size());
  }
  return 0;
}
