// The server's settings. Precedence, highest first: command-line flag, environment variable,
// configuration file (YAML), default. All four know the same names; an unknown flag or key of the
// file is an error.
#ifndef DNC_SERVER_OPS_CONFIG_H_
#define DNC_SERVER_OPS_CONFIG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The value of `auth` with which callers are who they say.
inline constexpr char kDevelopmentAuth[] = "development";

struct ServerConfig {
  std::string listen = "127.0.0.1:7443";
  bool insecure = false;
  std::string auth = "local";
  std::vector<std::string> administrators;
  std::string data_dir = "dnc-data";
  bool accept_missing_marker = false;
  std::string port_file;
  std::string log_level = "info";
  std::string log_format = "text";
  int64_t block_cache_mib = 256;
  int64_t record_cache_mib = 256;
  int64_t write_buffer_mib = 64;
  int64_t import_memory_mib = 1024;
  int64_t registry_versions = 2;
  int64_t allow_valid_seconds = 10;
  int64_t max_batch = 1024;
  int64_t max_queue = 65536;
  int64_t drain_seconds = 10;
  std::string decisions = "on";
  int64_t decisions_retention_days = 90;
  int64_t decisions_max_mib = 10'240;
  int64_t decisions_queue = 65'536;
  std::string decisions_overload = "count";
  int64_t contacts_retention_days = 1'827;
};

// One setting: "data_dir" is the YAML key, DNC_DATA_DIR the variable, --data-dir the flag.
struct Setting {
  std::string key;
  std::string help;  // with its default and range
  std::string value_name;
  // INVALID_ARGUMENT with what is right.
  std::function<absl::Status(const std::string& value, ServerConfig* config)> set;
  bool several = false;  // a file may have a sequence there
};

const std::vector<Setting>& Settings();
std::string FlagOf(const Setting& setting);
std::string VariableOf(const Setting& setting);

// Reads a YAML file: a map of settings to scalars, or to sequences where a setting takes several
// values. INVALID_ARGUMENT with file and line.
absl::Status LoadConfigFile(const std::string& path, ServerConfig* config);
// Takes the variables that `get` knows (null: not set).
absl::Status ApplyEnvironment(const std::function<const char*(const char*)>& get,
                              ServerConfig* config);

// What no single setting can tell: refuses to listen beyond loopback without `insecure`.
absl::Status CheckConfig(const ServerConfig& config);

}  // namespace dnc

#endif  // DNC_SERVER_OPS_CONFIG_H_
