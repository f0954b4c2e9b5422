#include "core/plan/optimize/access_choice.h"

#include <cmath>

#include "core/plan/optimize/cost.h"
#include "core/txn/catalog_view.h"

namespace sixfold::plan {

namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  for (const std::string& n : names) {
    if (n.size() == name.size() && strcasecmp(n.c_str(), name.c_str()) == 0) return true;
  }
  return false;
}

bool Covers(const AccessQuestion& question, uint32_t index) {
  const catalog::TableDef& table = *question.table->table;
  if (index == 0) return true;
  for (uint32_t column : question.used_columns) {
    bool found = column == table.columns.size();
    for (const catalog::KeyPart& part : table.indexes[index].parts) {
      found = found || (part.column == column && part.prefix_length == 0);
    }
    for (const catalog::KeyPart& part : table.indexes[0].parts) {
      found = found || (part.column == column && part.prefix_length == 0);
    }
    if (!found) return false;
  }
  return true;
}

/// Rows for equality on the first columns of the index.
double EqualRows(const AccessQuestion& question, const catalog::IndexDef& index, uint32_t parts,
                 bool unique_key) {
  if (!unique_key && parts > 0 && question.statistics != nullptr) {
    const double rows = question.statistics->RowsPerKey(*question.table->table, index, parts);
    if (rows > 0) return rows;
  }
  return plan::EqualRows(question.table_rows, parts, unique_key);
}

}  // namespace

bool IndexAllowed(const TableRef& table, uint32_t index) {
  const catalog::IndexDef& def = table.table->indexes[index];
  if (!def.stored()) return false;
  if (index == 0) return true;
  if (!def.visible) return false;
  if (Contains(table.hints.ignore, def.name)) return false;
  if (!table.hints.force.empty()) return Contains(table.hints.force, def.name);
  if (table.hints.has_use) return Contains(table.hints.use, def.name);
  return true;
}

AccessChoice AccessThrough(const AccessQuestion& question, uint32_t index, bool dependent) {
  const catalog::TableDef& table = *question.table->table;
  const catalog::IndexDef& def = table.indexes[index];
  AccessChoice choice;
  choice.path.index = index;
  choice.path.covering = Covers(question, index);
  double selectivity = 1;
  double points = 1;
  bool all_exact = true;
  uint32_t equal_parts = 0;
  for (size_t p = 0; p < def.parts.size(); p++) {
    const catalog::KeyPart& part = def.parts[p];
    KeyPartAccess access;
    access.column = part.column;
    access.type = table.columns[part.column].type;
    access.prefix = part.prefix_length != 0;
    const Sarg* equality = nullptr;
    std::vector<const Sarg*> others;
    for (const Sarg& sarg : question.sargs) {
      if (sarg.table != question.table || sarg.column != part.column) continue;
      if ((sarg.depends & ~question.available) != 0) continue;
      if (sarg.depends != 0 && !dependent) continue;
      if (sarg.single_equality) {
        if (equality == nullptr || (sarg.depends == 0 && equality->depends != 0)) equality = &sarg;
      } else if (!part.descending) {
        others.push_back(&sarg);
      }
    }
    if (equality != nullptr) {
      access.predicates.push_back(equality->intervals);
      access.single_value = true;
      if (equality->depends != 0) choice.depends_on_tables = true;
      all_exact = all_exact && equality->exact;
      if (all_exact && !access.prefix) choice.exact_conjuncts.push_back(equality->conjunct);
      choice.path.parts.push_back(std::move(access));
      equal_parts++;
      if (part.prefix_length != 0) break;
      continue;
    }
    if (others.empty()) break;
    double part_selectivity = 1;
    size_t interval_count = 0;
    bool points_only = true;
    for (const Sarg* sarg : others) {
      access.predicates.push_back(sarg->intervals);
      if (sarg->depends != 0) choice.depends_on_tables = true;
      interval_count =
          std::max({interval_count, sarg->intervals.size(), static_cast<size_t>(sarg->points)});
      bool sarg_points = true;
      for (const IntervalSpec& spec : sarg->intervals) {
        sarg_points = sarg_points && (spec.equality() || spec.in_subquery != nullptr);
      }
      points_only = points_only && sarg_points;
      part_selectivity *= plan::IntervalSelectivity(
          std::max(sarg->intervals.size(), static_cast<size_t>(sarg->points)), sarg_points,
          sarg->intervals[0].lower != nullptr && sarg->intervals[0].upper != nullptr,
          question.table_rows);
      if (all_exact && sarg->exact && !access.prefix)
        choice.exact_conjuncts.push_back(sarg->conjunct);
      all_exact = all_exact && sarg->exact;
    }
    if (points * static_cast<double>(interval_count) > 10'000) break;
    choice.path.parts.push_back(std::move(access));
    if (points_only && part.prefix_length == 0 && others.size() == 1) {
      points *= static_cast<double>(interval_count);
      equal_parts++;
      continue;
    }
    selectivity *= part_selectivity;
    break;
  }
  const bool whole_key = equal_parts == def.parts.size() && !def.parts.empty();
  double rows =
      EqualRows(question, def, equal_parts, whole_key && def.unique()) * points * selectivity;
  rows = std::min(std::max(rows, choice.path.parts.empty() ? 0.0 : 1.0), question.table_rows);
  if (choice.path.parts.empty()) rows = question.table_rows;
  choice.rows = rows;
  choice.cost = plan::ScanCost(rows, points, index == 0 || choice.path.covering);
  if (whole_key && def.unique()) {
    bool single = true, nullable_equality = false;
    for (const KeyPartAccess& part : choice.path.parts) {
      single = single && part.single_value && !part.prefix;
      nullable_equality |= part.predicates[0][0].is_null || part.predicates[0][0].null_safe;
    }
    choice.path.unique_point = single && !nullable_equality;
  }
  return choice;
}

AccessChoice ChooseAccess(const AccessQuestion& question, bool dependent) {
  const catalog::TableDef& table = *question.table->table;
  AccessChoice best = AccessThrough(question, 0, dependent);
  const bool forced = !question.table->hints.force.empty();
  if (forced && best.path.parts.empty()) best.cost *= 1000;
  for (uint32_t i = 1; i < table.indexes.size(); i++) {
    if (!IndexAllowed(*question.table, i)) continue;
    AccessChoice choice = AccessThrough(question, i, dependent);
    if (choice.path.parts.empty()) {
      // A whole secondary index is worth reading only where it holds all that is wanted.
      if (!choice.path.covering || best.path.unique_point || !best.path.parts.empty()) continue;
      if (table.indexes[i].parts.size() >= table.columns.size()) continue;
      choice.cost *= 0.9;
    }
    if (choice.cost < best.cost) best = std::move(choice);
  }
  return best;
}

}  // namespace sixfold::plan
