#include "server/ops/config.h"

#include <arpa/inet.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

Setting Text(std::string key, std::string value_name, std::string help,
             std::string ServerConfig::*field) {
  return {std::move(key), std::move(help), std::move(value_name),
          [field](const std::string& value, ServerConfig* config) {
            config->*field = value;
            return absl::OkStatus();
          }};
}

Setting Choice(std::string key, std::vector<std::string> choices, std::string help,
               std::string ServerConfig::*field) {
  return {std::move(key), std::move(help), "NAME",
          [field, choices](const std::string& value, ServerConfig* config) {
            std::string all;
            for (const std::string& choice : choices) {
              if (value == choice) {
                config->*field = value;
                return absl::OkStatus();
              }
              absl::StrAppend(&all, all.empty() ? "" : ", ", choice);
            }
            return absl::InvalidArgumentError(
                absl::StrCat("\"", value, "\" is unknown; use one of ", all));
          }};
}

Setting Number(std::string key, int64_t least, int64_t most, const std::string& help,
               int64_t ServerConfig::*field) {
  return {std::move(key), absl::StrCat(help, " (", least, " to ", most, ")"), "N",
          [field, least, most](const std::string& value, ServerConfig* config) {
            int64_t number = 0;
            if (!absl::SimpleAtoi(value, &number) || number < least || number > most) {
              return absl::InvalidArgumentError(
                  absl::StrCat("\"", value, "\" is not a whole number from ", least, " to ", most));
            }
            config->*field = number;
            return absl::OkStatus();
          }};
}

Setting Flag(std::string key, std::string help, bool ServerConfig::*field) {
  return {std::move(key), std::move(help), "",
          [field](const std::string& value, ServerConfig* config) {
            if (value != "true" && value != "false") {
              return absl::InvalidArgumentError(
                  absl::StrCat("\"", value, "\" is neither true nor false"));
            }
            config->*field = value == "true";
            return absl::OkStatus();
          }};
}

// Several values: on the command line and in the environment with commas between them, in a file as
// a sequence.
Setting Names(std::string key, std::string help, std::vector<std::string> ServerConfig::*field) {
  Setting setting{
      std::move(key), std::move(help), "NAME,NAME",
      [field](const std::string& value, ServerConfig* config) {
        (config->*field).clear();
        for (const absl::string_view name : absl::StrSplit(value, ',', absl::SkipWhitespace())) {
          const absl::string_view stripped = absl::StripAsciiWhitespace(name);
          if (!IsPrincipal(stripped)) {
            return absl::InvalidArgumentError(
                absl::StrCat("\"", stripped,
                             "\" is no principal: 1 to 128 of letters, digits and - _ . "
                             ": @ + /"));
          }
          (config->*field).emplace_back(stripped);
        }
        return absl::OkStatus();
      }};
  setting.several = true;
  return setting;
}

// A scalar, or where the setting takes several values a sequence of scalars, as one text.
absl::StatusOr<std::string> ValueOf(const YAML::Node& value, bool several) {
  if (value.IsScalar()) return value.Scalar();
  if (!several) return absl::InvalidArgumentError("must be a single value");
  std::string joined;
  const bool scalars =
      value.IsSequence() &&
      std::all_of(value.begin(), value.end(), [](const auto& item) { return item.IsScalar(); });
  if (!scalars) return absl::InvalidArgumentError("must be a value or a list of values");
  for (const auto& item : value) {
    absl::StrAppend(&joined, joined.empty() ? "" : ",", item.Scalar());
  }
  return joined;
}

absl::Status ApplyNode(const std::string& path, const YAML::Node& key, const YAML::Node& value,
                       ServerConfig* config) {
  const std::string where = absl::StrCat(path, ":", key.Mark().line + 1, ": ");
  const std::string name = key.IsScalar() ? key.Scalar() : "?";
  for (const Setting& setting : Settings()) {
    if (setting.key != name) continue;
    const absl::StatusOr<std::string> text = ValueOf(value, setting.several);
    const absl::Status status = text.ok() ? setting.set(*text, config) : text.status();
    return status.ok()
               ? status
               : absl::InvalidArgumentError(absl::StrCat(where, name, ": ", status.message()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(where, "unknown setting \"", name, "\"; see dncd --help for all of them"));
}

bool IsLoopback(absl::string_view listen) {
  if (absl::StartsWith(listen, "unix:") || absl::StartsWith(listen, "[::1]:")) return true;
  const std::string host(listen.substr(0, listen.rfind(':')));
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return ntohl(address.s_addr) >> 24 == 127;
  return host == "localhost";
}

}  // namespace

const std::vector<Setting>& Settings() {
  static const auto* const settings = new std::vector<Setting>{
      Text("listen", "ADDRESS:PORT",
           "where to serve; port 0 takes a free one. Default 127.0.0.1:7443",
           &ServerConfig::listen),
      Flag("insecure", "permit to listen beyond this machine without TLS and authentication",
           &ServerConfig::insecure),
      Choice(
          "auth", {"local", kDevelopmentAuth},
          "who callers are: local: all of them the machine's administrator; development: who they "
          "say in the metadata x-dnc-principal, on this machine only. Default local",
          &ServerConfig::auth),
      Names("administrators",
            "principals that may do everything, with auth development; by commas, in a file also a "
            "list",
            &ServerConfig::administrators),
      Text("data_dir", "DIR", "the store; created where it is missing. Default dnc-data",
           &ServerConfig::data_dir),
      Flag("accept_missing_marker",
           "start although data_dir has changes and no file ACKNOWLEDGED: it was restored without "
           "that file on purpose. For one start only",
           &ServerConfig::accept_missing_marker),
      Text("port_file", "FILE", "write the port to FILE once the server serves",
           &ServerConfig::port_file),
      Choice("log_level", {"trace", "debug", "info", "warn", "error", "off"},
             "least severe messages to log: trace, debug, info, warn, error, off. Default info",
             &ServerConfig::log_level),
      Choice("log_format", {"text", "json"}, "text or json. Default text",
             &ServerConfig::log_format),
      Number("block_cache_mib", 8, 1 << 20, "memory for the store's cached blocks. Default 256",
             &ServerConfig::block_cache_mib),
      Number("record_cache_mib", 0, 1 << 20,
             "memory for the records of contact points and leads that checks read. Default 256",
             &ServerConfig::record_cache_mib),
      Number("write_buffer_mib", 1, 4096, "memory for unflushed writes, per family. Default 64",
             &ServerConfig::write_buffer_mib),
      Number(
          "import_memory_mib", 0, 1 << 20,
          "memory for the numbers of the files that are being imported, together; beyond it they "
          "are sorted on disk. Default 1024",
          &ServerConfig::import_memory_mib),
      Number("registry_versions", 1, 1000,
             "versions of a registry that are kept on disk, the active one included. Default 2",
             &ServerConfig::registry_versions),
      Number("allow_valid_seconds", 1, 3600,
             "how long an ALLOW may be relied on without asking again. Default 10",
             &ServerConfig::allow_valid_seconds),
      Number("max_batch", 1, 65536, "changes that one sync may commit. Default 1024",
             &ServerConfig::max_batch),
      Number("max_queue", 1, 1 << 24, "changes that may wait; more are refused. Default 65536",
             &ServerConfig::max_queue),
      Number("drain_seconds", 0, 3600, "how long running calls may take at shutdown. Default 10",
             &ServerConfig::drain_seconds),
      Choice("decisions", {"on", "off"}, "whether checks leave records: on, off. Default on",
             &ServerConfig::decisions),
      Number("decisions_retention_days", 1, 36'500,
             "how long records of checks are kept. Default 90",
             &ServerConfig::decisions_retention_days),
      Number("decisions_max_mib", 16, 1 << 24,
             "disk for records of checks; the oldest are dropped beyond it. Default 10240",
             &ServerConfig::decisions_max_mib),
      Number(
          "decisions_queue", 1024, 1 << 22,
          "records of checks that may wait to be written, 512 bytes of memory each. Default 65536",
          &ServerConfig::decisions_queue),
      Choice("decisions_overload", {"count", "wait"},
             "where more checks come than can be recorded: count those that are left out, or let "
             "checks wait: count, wait. Default count",
             &ServerConfig::decisions_overload),
      Number("contacts_retention_days", 1, 36'500,
             "how long reported contacts and counts of checks are kept; 5 years unless set. "
             "Default 1827",
             &ServerConfig::contacts_retention_days)};
  return *settings;
}

std::string FlagOf(const Setting& setting) {
  return absl::StrCat("--", absl::StrReplaceAll(setting.key, {{"_", "-"}}));
}

std::string VariableOf(const Setting& setting) {
  return absl::StrCat("DNC_", absl::AsciiStrToUpper(setting.key));
}

absl::Status LoadConfigFile(const std::string& path, ServerConfig* config) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(path);
  } catch (const YAML::BadFile&) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be opened"));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":", error.mark.line + 1, ": not YAML: ", error.msg));
  } catch (const std::exception& error) {  // a directory, for one
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read: ", error.what()));
  }
  if (root.IsNull()) return absl::OkStatus();
  if (!root.IsMap()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": must be a map of settings"));
  }
  std::set<std::string> seen;
  for (const auto& item : root) {
    if (item.first.IsScalar() && !seen.insert(item.first.Scalar()).second) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", item.first.Mark().line + 1, ": ",
                                                     item.first.Scalar(), ": given twice"));
    }
    DNC_RETURN_IF_ERROR(ApplyNode(path, item.first, item.second, config));
  }
  return absl::OkStatus();
}

absl::Status ApplyEnvironment(const std::function<const char*(const char*)>& get,
                              ServerConfig* config) {
  for (const Setting& setting : Settings()) {
    const std::string variable = VariableOf(setting);
    const char* value = get(variable.c_str());
    if (value == nullptr) continue;
    const absl::Status status = setting.set(value, config);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(variable, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConfig(const ServerConfig& config) {
  if (!absl::StrContains(config.listen, ':')) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen: \"", config.listen, "\" is not ADDRESS:PORT"));
  }
  if (config.auth != kDevelopmentAuth && !config.administrators.empty()) {
    return absl::InvalidArgumentError(
        "administrators: with auth local every caller is one; set auth to development, or leave it "
        "out");
  }
  if (config.auth == kDevelopmentAuth && !IsLoopback(config.listen)) {
    return absl::InvalidArgumentError(
        absl::StrCat("auth: development believes whom callers say they are, and ", config.listen,
                     " can be reached from other machines; use a loopback address"));
  }
  if (IsLoopback(config.listen) || config.insecure) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "listen: ", config.listen,
      " can be reached from other machines, and this server neither encrypts nor authenticates; "
      "use a loopback address, or confirm with --insecure"));
}

}  // namespace dnc
