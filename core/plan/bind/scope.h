// Scope: the names an expression may use. One for each SELECT being bound; the chain of parents is
// what a subquery may refer to outside.
//
// A merged view or derived table has no TableRef of its own: its columns are expressions over the
// tables of its inner scope, bound again at each use.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/bind/block.h"

namespace sixfold::plan {

struct FromTable;
struct Scope;

struct FromColumn {
  std::string name;
  const FromTable* table = nullptr;
  uint32_t ordinal = 0;
};

struct MergedView {
  Scope* scope = nullptr;
  struct Item {
    const sql::Expression* expression = nullptr;  // null: `column`
    FromColumn column;
  };
  std::vector<Item> items;
  catalog::ViewPtr view;  // null: a derived table
};

/// A name in FROM.
struct FromTable {
  std::string schema;
  std::string alias;
  bool aliased = false;  // `alias` is not the table's own name
  TableRef* ref = nullptr;
  MergedView* merged = nullptr;
  std::vector<std::string> column_names;
  std::vector<bool> invisible;  // empty: none
};

/// A common table expression in reach.
struct CteEntry {
  const sql::CommonTableExpression* cte = nullptr;
  const CteEntry* outer = nullptr;  // the ones it may use itself
  Scope* scope = nullptr;           // where it stands
  bool recursive = false;
  // While its own recursive part is bound, and once it was bound for the first time.
  struct RecursiveTable* working = nullptr;
  std::shared_ptr<BoundQuery> bound;
  uint32_t temporary_id = UINT32_MAX;
  uint32_t uses = 0;
};

struct SelectAlias {
  std::string name;
  const sql::Expression* expression = nullptr;  // null: a column of *
  FromColumn column;
  bool is_explicit = false;  // written with AS: found before columns that only have the name
};

struct Scope {
  Scope* parent = nullptr;
  QueryBlock* block = nullptr;
  std::deque<FromTable> tables;
  std::vector<FromColumn> columns;  // what * and unqualified names see; USING merges columns
  const CteEntry* ctes = nullptr;
  const std::vector<SelectAlias>* aliases = nullptr;       // the select list, once known
  const sql::QuerySpecification* specification = nullptr;  // named windows
  bool is_view = false;
};

}  // namespace sixfold::plan
