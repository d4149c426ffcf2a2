#include "rio/host/host_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace fh::rio {

std::optional<std::string> HostFiles::Read(const std::string& path) const {
  constexpr size_t kMostBytes = 1 << 20;
  std::ifstream file(root_ + path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMostBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<size_t>(file.gcount()));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

std::optional<int64_t> HostFiles::ReadNumber(const std::string& path) const {
  const std::optional<std::string> text = Read(path);
  int64_t value = 0;
  if (!text.has_value() ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> HostFiles::List(const std::string& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator i(root_ + folder, error), end; !error && i != end;
       i.increment(error)) {
    names.push_back(i->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool HostFiles::Exists(const std::string& path) const {
  std::error_code error;
  return std::filesystem::exists(root_ + path, error);
}

}  // namespace fh::rio
