#include "tests/bench/suite/table.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"

namespace kam::bench {
namespace {

void PrintSharesOf(const char* what, double (*cost)(const Line&, size_t round), const Line& whole,
                   const std::vector<Part>& parts, const char* rest) {
  std::printf("  %s:", what);
  double left = 1;
  for (const auto& [name, part] : parts) {
    const double share = OverRounds(whole.rounds.size(),
                                    [&, part = part](size_t round) { return cost(*part, round) / cost(whole, round); });
    left -= share;
    std::printf(" %s %.0f %%,", name, share * 100);
  }
  std::printf(" %s %.0f %%\n", rest, left * 100);
}

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double OverRounds(size_t rounds, const std::function<double(size_t round)>& figure) {
  return SpreadOverRounds(rounds, figure).median;
}

Spread SpreadOverRounds(size_t rounds, const std::function<double(size_t round)>& figure) {
  std::vector<double> values(rounds);
  for (size_t round = 0; round < rounds; ++round) values[round] = figure(round);
  std::sort(values.begin(), values.end());
  return {values[rounds / 4], values[rounds / 2], values[rounds - 1 - rounds / 4]};
}

std::string ToText(const Spread& spread) {
  return absl::StrFormat("%.2f (half of the rounds: %.2f to %.2f)", spread.median, spread.low, spread.high);
}

double Seconds(const Line& line, size_t round) { return 1 / line.rounds[round].per_second; }
double Cpu(const Line& line, size_t round) {
  const Figures& figures = line.rounds[round];
  return figures.own_user_us + figures.own_system_us + figures.database_cpu_us + figures.proxy_cpu_us;
}

void PrintHead(const std::string& title) {
  std::printf("\n%s\n  %-40s %8s %8s %8s   %37s %9s\n  %-40s %8s %8s %8s   %8s %9s %8s %8s %9s\n", title.c_str(), "",
              "", "", "", "processor time a call, us:", "", "", "calls/s", "p50 ms", "p99 ms", "own code", "kernel",
              "MariaDB", "proxy", "switches");
}

void Print(const Line& line) {
  const auto median = [&line](double Figures::*figure) {
    return OverRounds(line.rounds.size(), [&](size_t round) { return line.rounds[round].*figure; });
  };
  std::printf("  %-40s %8.0f %8.2f %8.2f   %8.0f %9.0f %8.0f %8.0f %9.1f\n", line.name.c_str(),
              median(&Figures::per_second), median(&Figures::p50_ms), median(&Figures::p99_ms),
              median(&Figures::own_user_us), median(&Figures::own_system_us), median(&Figures::database_cpu_us),
              median(&Figures::proxy_cpu_us), median(&Figures::switches));
}

void PrintShares(const Line& whole, const std::vector<Part>& parts, const char* rest) {
  PrintSharesOf("where the time goes", Seconds, whole, parts, rest);
  PrintSharesOf("where the processor time goes", Cpu, whole, parts, rest);
}

}  // namespace kam::bench
