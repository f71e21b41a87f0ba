#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/csv_filter.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& VerdictWords() {
  static const auto& names = *new EnumNames{{"allow", static_cast<int>(Verdict::kAllow)},
                                            {"deny", static_cast<int>(Verdict::kDeny)},
                                            {"unknown", static_cast<int>(Verdict::kUnknown)}};
  return names;
}

struct Options {
  std::string in;
  std::string out = "-";
  std::string column;
  bool no_header = false;
  int only = -1;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_MARKETING;
  std::string brand;
  std::string campaign;
  std::string default_region;
};

CsvFilterOptions ToFilterOptions(const Session& session, const Options& options) {
  CsvFilterOptions filter;
  filter.filter.channel = static_cast<v1::Channel>(options.channel);
  filter.filter.message_class = static_cast<v1::MessageClass>(options.message_class);
  filter.filter.brand = options.brand;
  filter.filter.campaign = options.campaign;
  filter.filter.default_region = options.default_region;
  filter.filter.deadline = session.options().stream_timeout;
  filter.column = options.column;
  filter.no_header = options.no_header;
  if (options.only >= 0) filter.only = static_cast<Verdict>(options.only);
  return filter;
}

absl::StatusOr<int> Filter(Session& session, const Options& options) {
  DNC_ASSIGN_OR_RETURN(CheckApi* const checks, session.checks());
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(options.in));
  std::unique_ptr<OutputFile> file;
  if (options.out != "-") {
    DNC_ASSIGN_OR_RETURN(file, OutputFile::Create(options.out));
  }
  CsvFilterCounts counts;
  std::string rate;
  {
    Progress progress(session.err(), ErrIsTerminal(), "rows", input->size());
    CsvFilter filter(ToFilterOptions(session, options), *input,
                     file == nullptr ? session.out() : file->stream(),
                     [&](int64_t rows, int64_t bytes) { progress.Update(rows, bytes); });
    DNC_ASSIGN_OR_RETURN(counts, filter.Run(*checks));
    rate = progress.Rate(counts.rows);
  }
  if (file != nullptr) DNC_RETURN_IF_ERROR(file->Commit());
  session.err() << Grouped(counts.rows) << (counts.rows == 1 ? " row: " : " rows: ")
                << Grouped(counts.allow) << " ALLOW, " << Grouped(counts.deny) << " DENY, "
                << Grouped(counts.unknown) << " UNKNOWN; " << rate << '\n';
  return kExitOk;
}

}  // namespace

void AddFilterCommand(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(
      app, "filter", "Filter a send list: CSV in, the same rows with verdict and reasons out",
      "dncctl filter leads.csv --channel voice -o checked.csv\n"
      "dncctl filter numbers.txt --channel sms --only allow -o may_text.csv\n"
      "dncctl filter - --channel email --column contact_mail < list.csv > checked.csv\n\n"
      "The output file appears only when the whole list was filtered. Contact only rows that say\n"
      "ALLOW. Here -o is the output file; the global option is --output.");
  command->add_option("IN", options->in, "CSV; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--out", options->out, "Output file; standard output if not given")
      ->type_name("FILE");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "How")->required();
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "What for; marketing if not given");
  command
      ->add_option("--column", options->column,
                   "The contact column's title or number; found by its title if not given")
      ->type_name("TITLE|NUMBER");
  command->add_flag("--no-header", options->no_header, "The first row is data");
  AddEnum(*command, "--only", options->only, VerdictWords(), "Emit only rows with this verdict");
  command->add_option("--brand", options->brand, "Apply this brand's lists only");
  command->add_option("--campaign", options->campaign, "Apply this campaign's lists only");
  command->add_option("--default-region,--region", options->default_region,
                      "Region of numbers without country code, e.g. US");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Filter(s, *options); }; });
}

}  // namespace dnc::cli
