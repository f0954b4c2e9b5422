// Sargs: conditions that an index can answer: column against something known before the table is
// read (constants, outer rows, tables joined earlier).
#pragma once

#include <vector>

#include "core/plan/bind/block.h"
#include "core/plan/physical/table_access.h"

namespace sixfold::plan {

/// A conjunct of WHERE or ON.
struct Conjunct {
  Expression* expression = nullptr;
  TableMask tables = 0;  // of this block
  bool is_volatile = false;
  bool applied = false;
};

struct Sarg {
  const TableRef* table = nullptr;
  uint32_t column = 0;
  std::vector<IntervalSpec> intervals;
  TableMask depends = 0;  // other tables of the block
  size_t conjunct = 0;
  bool single_equality = false;
  double points = 0;   // IN (subquery): how many values are expected
  bool exact = false;  // the ranges decide alone: the conjunct needs no test
};

/// Tables of the block an expression reads, subqueries included.
TableMask TablesOf(Expression* expression, const QueryBlock* block);
Conjunct MakeConjunct(Expression* expression, const QueryBlock* block);
/// Appends what the conjunct offers for each table it names.
void ExtractSargs(const Conjunct& conjunct, size_t ordinal, const QueryBlock* block,
                  std::vector<Sarg>* out);
/// True when a row in which all of `tables` are NULL cannot satisfy it.
bool RejectsNulls(Expression* expression, const QueryBlock* block, TableMask tables);
/// The column itself, where the expression is one of the block's columns at depth 0.
ColumnExpr* ColumnOf(Expression* expression, const QueryBlock* block);
Expression* Unwrap(Expression* expression);

}  // namespace sixfold::plan
