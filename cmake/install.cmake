# What `cmake --install` puts where, and the target `uninstall`, which takes it away again (DESTDIR is heeded by both).
include(GNUInstallDirs)
install(TARGETS socklog RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

file(GLOB pages_1 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.1)
file(GLOB pages_5 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.5)
install(FILES ${pages_1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages_5} DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)

# The directories in which the shells look under any prefix of theirs.
install(FILES completions/socklog.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME socklog)
install(FILES completions/_socklog DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES completions/socklog.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -D MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
