// dnc_make_registry: writes a list of phone numbers that looks like the US national registry, of
// any size, to measure imports with. The same arguments give the same file on every machine.
#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/data/number_model.h"

namespace dnc::bench {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr size_t kMaxLineBytes = 64;

constexpr size_t kShuffledTogether = 4'096;  // exchanges

enum class Format { kFtc, kPlain, kCopy, kResp };

struct Flags {
  uint64_t count = 0;
  uint64_t seed = 1;
  Format format = Format::kFtc;
  bool shuffle = false;
  std::string out = "-";
};

// As std::shuffle, but the same on every machine.
template <typename T>
void Shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

// Four digits of each number below 10,000.
const std::array<char, 40'000>& FourDigits() {
  static const std::array<char, 40'000> digits = [] {
    std::array<char, 40'000> all{};
    for (size_t i = 0; i < 10'000; ++i) {
      all[4 * i] = static_cast<char>('0' + i / 1000);
      all[4 * i + 1] = static_cast<char>('0' + i / 100 % 10);
      all[4 * i + 2] = static_cast<char>('0' + i / 10 % 10);
      all[4 * i + 3] = static_cast<char>('0' + i % 10);
    }
    return all;
  }();
  return digits;
}

// Writes numbers, a line each. Not thread-safe.
class Writer {
 public:
  Writer(std::FILE* file, Format format)
      : file_(file), format_(format), buffer_(kBufferBytes, '\0') {}

  // 12125550123.
  void Number(uint64_t number) {
    const size_t code = number / 10'000 % 1'000'000;
    const size_t suffix = number % 10'000;
    if (buffer_.size() - used_ < kMaxLineBytes) Flush();
    std::array<char, 10> digits;
    const char* const four = FourDigits().data();
    std::memcpy(digits.data(), four + code / 1000 * 4 + 1, 3);
    std::memcpy(digits.data() + 3, four + code % 1000 * 4 + 1, 3);
    std::memcpy(digits.data() + 6, four + suffix * 4, 4);
    switch (format_) {
      case Format::kFtc:
        Put({digits.data(), 3});
        Put(",");
        Put({digits.data() + 3, 7});
        break;
      case Format::kPlain:
        Put("+1");
        Put({digits.data(), 10});
        break;
      case Format::kCopy:
        Put("1");
        Put({digits.data(), 10});
        break;
      case Format::kResp:
        Put("*3\r\n$4\r\nSADD\r\n$3\r\ndnc\r\n$11\r\n1");
        Put({digits.data(), 10});
        Put("\r");
        break;
    }
    Put("\n");
  }

  // Whether everything was written.
  bool Finish() {
    Flush();
    return !failed_ && std::fflush(file_) == 0;
  }

 private:
  void Put(absl::string_view bytes) {
    std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }

  void Flush() {
    failed_ = failed_ || std::fwrite(buffer_.data(), 1, used_, file_) != used_;
    used_ = 0;
  }

  std::FILE* const file_;
  const Format format_;
  std::string buffer_;
  size_t used_ = 0;
  bool failed_ = false;
};

void WriteSorted(const NumberModel& model, Writer& writer) {
  model.ForEach([&writer](uint64_t number) { writer.Number(number); });
}

// In bounded memory: exchanges of the whole country in random order, and the numbers of each
// kShuffledTogether of them, a few million, in random order.
void WriteShuffled(const NumberModel& model, uint64_t seed, Writer& writer) {
  std::mt19937_64 random(seed);
  std::vector<size_t> order(model.exchanges().size());
  std::iota(order.begin(), order.end(), size_t{0});
  Shuffle(order, random);
  std::vector<uint64_t> numbers;
  for (size_t i = 0; i < order.size(); ++i) {
    model.ForEach(order[i], order[i] + 1, [&](uint64_t number) { numbers.push_back(number); });
    if ((i + 1) % kShuffledTogether != 0 && i + 1 < order.size()) continue;
    Shuffle(numbers, random);
    for (const uint64_t number : numbers) writer.Number(number);
    numbers.clear();
  }
}

int Fail(absl::string_view what) {
  std::fputs(absl::StrCat("dnc_make_registry: ", what, ": ", std::strerror(errno), "\n").c_str(),
             stderr);
  return 1;
}

int Run(const Flags& flags) {
  const NumberModel model(flags.count, flags.seed);
  std::FILE* const file = flags.out == "-" ? stdout : std::fopen(flags.out.c_str(), "wbe");
  if (file == nullptr) return Fail(flags.out);
  Writer writer(file, flags.format);
  flags.shuffle ? WriteShuffled(model, flags.seed, writer) : WriteSorted(model, writer);
  const bool written = writer.Finish();
  if ((file != stdout && std::fclose(file) != 0) || !written) return Fail(flags.out);
  const std::string summary =
      absl::StrCat("numbers ", model.count(), "\nexchanges ", model.exchanges().size(),
                   "\nentropy_bits_per_number ", model.EntropyBits(), "\n");
  std::fputs(summary.c_str(), stderr);
  return 0;
}

}  // namespace
}  // namespace dnc::bench

int main(int argc, char** argv) {
  using dnc::bench::Format;
  CLI::App app(
      "Writes numbers that look like the US national registry; says on standard error how "
      "many, in how many area codes and exchanges, and the entropy of the set",
      "dnc_make_registry");
  dnc::bench::Flags flags;
  app.add_option("count", flags.count, "How many numbers, all different")
      ->required()
      ->check(CLI::Range(uint64_t{1}, dnc::bench::NumberModel::kMaxCount));
  app.add_option("--out", flags.out, "The file; - is standard output");
  app.add_option("--seed", flags.seed, "Another seed, another set");
  app.add_option("--format", flags.format,
                 "ftc: 212,5550123; plain: +12125550123; copy: 12125550123, for PostgreSQL's COPY; "
                 "resp: a SADD of the set dnc each, for redis-cli --pipe")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"ftc", Format::kFtc},
                                                                        {"plain", Format::kPlain},
                                                                        {"copy", Format::kCopy},
                                                                        {"resp", Format::kResp}}));
  app.add_flag("--shuffle", flags.shuffle, "In random order instead of ascending");
  CLI11_PARSE(app, argc, argv);
  return dnc::bench::Run(flags);
}
