# Debian packages, made by `cpack -G DEB` in the build directory: `triggerd` is what runs, `libtriggerd-dev` what C++
# programs link. What only a package has lies in package/ and never comes with `cmake --install`.
set(CPACK_PACKAGE_NAME triggerd)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_SOURCE_DIR}/build/deb)
set(CPACK_SET_DESTDIR ON)  # the units name their programs where they will be, not where they are packed
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/package/compress.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL runtime package development package-development)
set(CPACK_COMPONENT_RUNTIME_GROUP daemon)
set(CPACK_COMPONENT_PACKAGE_GROUP daemon)
set(CPACK_COMPONENT_DEVELOPMENT_GROUP library)
set(CPACK_COMPONENT_PACKAGE-DEVELOPMENT_GROUP library)

set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The authors of triggerd <triggerd@packages.invalid>")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_DAEMON_PACKAGE_NAME triggerd)
set(CPACK_DEBIAN_DAEMON_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_DAEMON_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_DAEMON_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DAEMON_PACKAGE_DEPENDS "tzdata, ca-certificates, systemd")
set(CPACK_DEBIAN_DAEMON_DESCRIPTION "runs Trigger.dev jobs over many isolated targets
One process holds one isolated client per target (project, environment and
branch) and does from TOML job files what is otherwise done by hand: it fires
tasks by the clock, pushes batches from files, replays what failed, and keeps
environment variables in step.

With the daemon come its client triggerctl, a sandbox of the API to rehearse
in, and units for one instance or several.")
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_DAEMON_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/package/${script})
endforeach()

# The library's CMake package looks for these.
set(boost_package libboost-dev)
if(Boost_VERSION VERSION_LESS 1.82)  # Debian 12 has Boost 1.74 under the plain name
  set(boost_package libboost1.81-dev)
endif()
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libtriggerd-dev)
set(CPACK_DEBIAN_LIBRARY_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS
  "${boost_package}, libcurl4-openssl-dev, libssl-dev, nlohmann-json3-dev, libhowardhinnant-date-dev")
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "client library for Trigger.dev, for C++20 programs
Headers, static libraries and the CMake package of triggerd::client: typed
operations, retries, pages, batches, tokens and streams of the Trigger.dev API
on Boost.Asio and libcurl. It needs no daemon.")

string(TIMESTAMP built "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(package/changelog.in changelog @ONLY)
execute_process(COMMAND gzip -9nf ${CMAKE_CURRENT_BINARY_DIR}/changelog COMMAND_ERROR_IS_FATAL ANY)
foreach(component package package-development)
  set(name triggerd)
  if(component STREQUAL package-development)
    set(name libtriggerd-dev)
  endif()
  install(FILES package/lintian/${name} DESTINATION /usr/share/lintian/overrides COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES package/copyright DESTINATION /usr/share/doc/${name} COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION /usr/share/doc/${name} COMPONENT ${component}
    EXCLUDE_FROM_ALL)
endforeach()
install(FILES package/triggerd.toml DESTINATION /etc/triggerd COMPONENT package EXCLUDE_FROM_ALL)

include(CPack)
