#include "server/ops/command_line.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr char kConfig[] = "--config";

absl::Status ApplyFlags(const CLI::App& app, ServerConfig* config) {
  for (const Setting& setting : Settings()) {
    const CLI::Option& flag = *app.get_option(FlagOf(setting));
    if (flag.count() == 0) continue;
    const absl::Status status = setting.set(flag.results().back(), config);
    if (status.ok()) continue;
    return absl::InvalidArgumentError(absl::StrCat(FlagOf(setting), ": ", status.message()));
  }
  return absl::OkStatus();
}

}  // namespace

void AddFlags(CLI::App* app) {
  const auto add = [app](const std::string& name, const std::string& help,
                         const std::string& value_name) {
    CLI::Option* flag =
        value_name.empty() ? app->add_flag(name, help) : app->add_option(name, help);
    if (!value_name.empty()) flag->type_name(value_name);
  };
  add(kConfig, "YAML file with settings", "FILE");
  for (const Setting& setting : Settings()) {
    add(FlagOf(setting), absl::StrCat(setting.help, " [", VariableOf(setting), "]"),
        setting.value_name);
  }
}

absl::StatusOr<ServerConfig> LoadConfig(
    const CLI::App& app, const std::function<const char*(const char*)>& environment) {
  ServerConfig config;
  if (const CLI::Option& file = *app.get_option(kConfig); file.count() > 0) {
    DNC_RETURN_IF_ERROR(LoadConfigFile(file.results().back(), &config));
  }
  DNC_RETURN_IF_ERROR(ApplyEnvironment(environment, &config));
  DNC_RETURN_IF_ERROR(ApplyFlags(app, &config));
  DNC_RETURN_IF_ERROR(CheckConfig(config));
  return config;
}

}  // namespace dnc
