// How the speed table is worked out and printed.
#ifndef KAM_TESTS_BENCH_SUITE_TABLE_H_
#define KAM_TESTS_BENCH_SUITE_TABLE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/suite/load.h"

namespace kam::bench {

double Median(std::vector<double> values);

// One line of the table over all rounds.
struct Line {
  std::string name;
  std::vector<Figures> rounds;
};

// Median over the rounds of a figure worked out within each.
double OverRounds(size_t rounds, const std::function<double(size_t round)>& figure);

// The median with the quarters around it: half of the rounds lie between `low` and `high`.
struct Spread {
  double low = 0, median = 0, high = 0;
};
Spread SpreadOverRounds(size_t rounds, const std::function<double(size_t round)>& figure);
// "0.73 (half of the rounds: 0.70 to 0.75)".
std::string ToText(const Spread& spread);

// Cost of a call in one round: time between two answers, processor time of all processes in microseconds.
double Seconds(const Line& line, size_t round);
double Cpu(const Line& line, size_t round);

void PrintHead(const std::string& title);
void Print(const Line& line);

// Shares of the cost of `whole` that the floors have by themselves, and what is left, named `rest`.
using Part = std::pair<const char*, const Line*>;
void PrintShares(const Line& whole, const std::vector<Part>& parts, const char* rest);

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_TABLE_H_
