#include "bench/data/number_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace dnc::bench {
namespace {

// Most of their assignable exchanges are in service.
constexpr uint16_t kEstablished[] = {
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225,
    228, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281,
    301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321,
    323, 325, 330, 331, 334, 336, 337, 339, 347, 351, 352, 360, 361, 385, 386, 401, 402, 404, 405,
    406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 430, 432, 434, 435, 440,
    443, 469, 470, 475, 478, 479, 480, 484, 501, 502, 503, 504, 505, 507, 508, 509, 510, 512, 513,
    515, 516, 517, 518, 520, 530, 540, 541, 551, 559, 561, 562, 563, 567, 570, 571, 573, 574, 575,
    580, 585, 586, 601, 602, 603, 605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619,
    620, 623, 626, 630, 631, 636, 641, 646, 650, 651, 657, 660, 661, 662, 678, 682, 701, 702, 703,
    704, 706, 707, 708, 712, 713, 714, 715, 716, 717, 718, 719, 720, 724, 727, 731, 732, 734, 737,
    740, 747, 754, 757, 760, 763, 765, 769, 770, 772, 773, 774, 775, 779, 781, 785, 786, 801, 802,
    803, 804, 805, 806, 808, 810, 812, 813, 814, 815, 816, 817, 818, 828, 830, 831, 832, 843, 845,
    847, 848, 850, 856, 857, 858, 859, 860, 862, 863, 864, 865, 870, 872, 878, 901, 903, 904, 906,
    907, 908, 909, 910, 912, 913, 914, 915, 916, 917, 918, 919, 920, 925, 928, 929, 931, 936, 937,
    938, 940, 941, 947, 949, 951, 952, 954, 956, 970, 971, 972, 973, 978, 979, 980, 984, 985, 989};

// Overlays and territories: a part of them.
constexpr uint16_t kRecent[] = {
    220, 223, 227, 272, 274, 279, 283, 324, 326, 327, 329, 332, 340, 341, 346, 350, 353,
    363, 364, 369, 380, 428, 436, 442, 445, 447, 448, 457, 458, 463, 464, 471, 472, 483,
    531, 534, 539, 557, 564, 572, 582, 621, 624, 628, 629, 640, 645, 656, 659, 667, 669,
    670, 671, 680, 681, 684, 686, 689, 725, 726, 728, 730, 743, 762, 771, 787, 820, 826,
    835, 837, 838, 839, 840, 854, 861, 930, 934, 939, 943, 945, 948, 959, 975, 983, 986};

constexpr uint32_t kThousand = 1'000;
constexpr uint32_t kBlocksOfThousand = 10;
// A set may not list more of an exchange than this share of what is in service.
constexpr uint32_t kMostListedPercent = 90;

// SplitMix64: a good hash of `x`, and of x + 1, x + 2 … a good random sequence.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// 0 … bound-1 from 64 random bits.
uint64_t Below(uint64_t random, uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(random) * bound) >> 64);
}

double Unit(uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }

uint32_t InServiceOf(const Exchange& exchange) {
  return static_cast<uint32_t>(std::popcount(exchange.thousands)) * kThousand;
}

uint32_t MostOf(const Exchange& exchange) {
  return InServiceOf(exchange) * kMostListedPercent / 100;
}

uint16_t DrawThousands(uint64_t random) {
  const uint16_t all = (1 << kBlocksOfThousand) - 1;
  if (Unit(random) < 0.7) return all;
  const uint16_t some = static_cast<uint16_t>((Mix(random) | Mix(random + 1)) & all);
  return some == 0 ? all : some;
}

// How much of an exchange is listed, relative to others.
double DrawShare(uint64_t random) {
  const double kind = Unit(random);
  const double within = Unit(Mix(random));
  if (kind < 0.08) return 0.02 + 0.28 * within;  // businesses, or newly opened
  if (kind < 0.80) return 0.60 + 0.80 * within;
  return 1.40 + 1.20 * within;  // households for generations
}

struct Drawn {
  std::vector<Exchange> exchanges;
  std::vector<double> weights;
};

void DrawArea(uint64_t area, double in_service, uint64_t seed, Drawn* drawn) {
  const double of_area = 0.8 + 0.4 * Unit(Mix(seed ^ area));
  for (uint64_t exchange = 200; exchange < 1'000; ++exchange) {
    if (exchange % 100 == 11) continue;  // 211, 311 … 911 are services
    const uint64_t random = Mix(seed ^ Mix(area * 1'000 + exchange));
    if (Unit(random) >= in_service) continue;
    const Exchange made{(1'000 + area) * 1'000 + exchange, 0, DrawThousands(Mix(random + 1))};
    drawn->exchanges.push_back(made);
    drawn->weights.push_back(of_area * DrawShare(Mix(random + 2)) * InServiceOf(made));
  }
}

Drawn Draw(uint64_t seed) {
  Drawn drawn;
  std::vector<std::pair<uint64_t, double>> areas;
  for (const uint64_t area : kEstablished) {
    areas.emplace_back(area, 0.95 + 0.05 * Unit(Mix(seed + area)));
  }
  for (const uint64_t area : kRecent) {
    areas.emplace_back(area, 0.30 + 0.65 * Unit(Mix(seed + area)));
  }
  std::sort(areas.begin(), areas.end());
  for (const auto& [area, in_service] : areas) DrawArea(area, in_service, seed, &drawn);
  return drawn;
}

}  // namespace

// Counts follow the weights; what rounding and full exchanges leave over goes to those with room.
NumberModel::NumberModel(uint64_t count, uint64_t seed) : count_(count), seed_(seed) {
  if (count > kMaxCount) std::abort();
  Drawn drawn = Draw(seed);
  exchanges_ = std::move(drawn.exchanges);
  double weight = 0;
  for (const double one : drawn.weights) weight += one;
  uint64_t given = 0;
  double due = 0;
  for (size_t i = 0; i < exchanges_.size(); ++i) {
    due += drawn.weights[i] / weight * static_cast<double>(count);
    const uint64_t open = static_cast<uint64_t>(std::max(0.0, due - static_cast<double>(given)));
    exchanges_[i].count = static_cast<uint32_t>(std::min<uint64_t>(open, MostOf(exchanges_[i])));
    given += exchanges_[i].count;
  }
  for (size_t i = 0; given < count; i = (i + 1) % exchanges_.size()) {
    Exchange& exchange = exchanges_[i];
    const uint64_t more = std::min<uint64_t>(MostOf(exchange) - exchange.count, count - given);
    exchange.count += static_cast<uint32_t>(more);
    given += more;
  }
}

// Draws those that are listed, or those that are not, whichever are fewer.
ExchangeBits NumberModel::Listed(size_t index) const {
  const Exchange& exchange = exchanges_[index];
  std::array<uint32_t, kBlocksOfThousand> bases{};
  size_t blocks = 0;
  for (uint32_t block = 0; block < kBlocksOfThousand; ++block) {
    if ((exchange.thousands >> block & 1) != 0) bases[blocks++] = block * kThousand;
  }
  const uint32_t in_service = InServiceOf(exchange);
  const bool inverse = exchange.count > in_service / 2;
  const uint32_t wanted = inverse ? in_service - exchange.count : exchange.count;
  ExchangeBits bits{};
  uint64_t state = Mix(seed_ ^ (exchange.block << 20));
  for (uint32_t drawn = 0; drawn < wanted;) {
    const uint64_t at = Below(Mix(state++), in_service);
    const uint64_t suffix = bases[at / kThousand] + at % kThousand;
    uint64_t& word = bits[suffix / 64];
    const uint64_t bit = uint64_t{1} << (suffix % 64);
    drawn += (word & bit) == 0 ? 1 : 0;
    word |= bit;
  }
  if (!inverse) return bits;
  ExchangeBits listed{};
  for (size_t block = 0; block < blocks; ++block) {
    for (uint64_t suffix = bases[block]; suffix < bases[block] + kThousand; ++suffix) {
      const bool drawn = (bits[suffix / 64] >> (suffix % 64) & 1) != 0;
      listed[suffix / 64] |= uint64_t{!drawn} << (suffix % 64);
    }
  }
  return listed;
}

double NumberModel::EntropyBits() const {
  if (count_ == 0) return 0;
  const double space = static_cast<double>(exchanges_.size()) * 10'000;
  const double count = static_cast<double>(count_);
  const double log2_sets =
      (std::lgamma(space + 1) - std::lgamma(count + 1) - std::lgamma(space - count + 1)) /
      std::log(2.0);
  return log2_sets / count;
}

uint64_t NumberModel::InService(uint64_t random) const {
  const Exchange& exchange = exchanges_[Below(random, exchanges_.size())];
  const uint64_t suffix = Below(Mix(random), uint64_t{10} * kThousand);
  return exchange.block * 10'000 + suffix;
}

}  // namespace dnc::bench
