# find_package(triggerd): the target triggerd::client, a Trigger.dev client library, and the rooms it stands on.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(Boost 1.81)
find_dependency(CURL 7.88)
find_dependency(OpenSSL)
find_dependency(nlohmann_json)
find_dependency(date)
include(${CMAKE_CURRENT_LIST_DIR}/triggerd-targets.cmake)
