#include "core/server/persisted_variables.h"

#include <algorithm>
#include <iterator>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/session_variables.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

constexpr std::string_view kNotPersistable[] = {"aurora_server_id",
                                                "aurora_version",
                                                "basedir",
                                                "build_id",
                                                "character_set_system",
                                                "character_sets_dir",
                                                "core_file",
                                                "datadir",
                                                "hostname",
                                                "innodb_data_file_path",
                                                "innodb_data_home_dir",
                                                "innodb_directories",
                                                "innodb_log_group_home_dir",
                                                "innodb_page_size",
                                                "innodb_read_only",
                                                "innodb_temp_data_file_path",
                                                "innodb_undo_directory",
                                                "innodb_version",
                                                "large_files_support",
                                                "large_page_size",
                                                "license",
                                                "locked_in_memory",
                                                "log_bin",
                                                "log_bin_basename",
                                                "log_bin_index",
                                                "log_error",
                                                "lower_case_file_system",
                                                "lower_case_table_names",
                                                "persist_only_admin_x509_subject",
                                                "persisted_globals_load",
                                                "pid_file",
                                                "plugin_dir",
                                                "port",
                                                "protocol_version",
                                                "secure_file_priv",
                                                "server_uuid",
                                                "sixfold_version",
                                                "socket",
                                                "system_time_zone",
                                                "tmpdir",
                                                "version",
                                                "version_comment",
                                                "version_compile_machine",
                                                "version_compile_os",
                                                "version_compile_zlib"};

void ApplyPersisted(GlobalVariables& globals, const txn::PersistedVariable& variable) {
  const VariableIndex index = FindVariable(variable.name);
  VariableValue value;
  if (index == kNoVariable || !ParseVariable(AllVariables()[index], variable.value, &value)) {
    log::Warning("persisted variable {} = {}: not known here", variable.name, variable.value);
    return;
  }
  globals.Assign(index, std::move(value));
}

}  // namespace

bool IsPersistable(const VariableDef& def) {
  return !def.read_only || std::find(std::begin(kNotPersistable), std::end(kNotPersistable),
                                     def.name) == std::end(kNotPersistable);
}

void PersistedVariables::Load() {
  std::lock_guard<std::mutex> lock(mutex_);
  try {
    auto now = txn::ReadPersistedVariables(*server_.instance().transactions());
    for (const txn::PersistedVariable& variable : now) {
      const bool known = std::find(loaded_.begin(), loaded_.end(), variable) != loaded_.end();
      if (!known) ApplyPersisted(server_.globals(), variable);
    }
    loaded_ = std::move(now);
  } catch (const SqlError& error) {
    log::Warning("persisted variables cannot be read: {}", error.message());
  }
}

void PersistedVariables::Persist(Session& session, VariableIndex index,
                                 const VariableValue& value) {
  const VariableDef& def = AllVariables()[index];
  txn::PersistedVariable variable;
  variable.name = def.name;
  variable.value = VariableText(def, value);
  variable.user = session.user();
  variable.host = session.host();
  variable.set_us = server_.clock().WallMicros();
  txn::WritePersistedVariable(*server_.instance().transactions(), variable);
}

void PersistedVariables::Reset(Session& session, std::string_view name, bool if_exists) {
  txn::TransactionManager& manager = *server_.instance().transactions();
  auto all = txn::ReadPersistedVariables(manager);
  if (!name.empty()) {
    std::erase_if(all, [name](const txn::PersistedVariable& variable) {
      return !types::EqualsIgnoreAsciiCase(variable.name, name);
    });
    if (all.empty()) {
      if (!if_exists) throw MakeError(ErrorCode::kVarDoesNotExist, name);
      session.diagnostics().Warn(ErrorCode::kVarDoesNotExist, name);
      return;
    }
  }
  txn::RemovePersistedVariables(manager, all);
}

}  // namespace sixfold::server
