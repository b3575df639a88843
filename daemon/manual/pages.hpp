// What the manual pages say beside the grammars and schemas.
#pragma once

#include "manual/page.hpp"

namespace triggerd::manual {

page daemon_page();
page client_page();
page sandbox_page();
page main_file_page();
page job_file_page();

}  // namespace triggerd::manual
