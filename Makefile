# The C library, built and installed without more than cargo.
#
#     make && make install PREFIX=/usr/local
#
#     PREFIX      where to install: /usr/local
#     LIBDIR      where the libraries go: PREFIX/lib
#     INCLUDEDIR  where the headers go: PREFIX/include
#     DESTDIR     put before all of these while files are copied, for packages
#     FLAGS       more for cargo: --no-default-features --features capi leaves TLS out
#     BUILD       where cargo builds: capi in its target directory
#     CARGO_BUILD_TARGET  another target of rustc to build for; LD, NM, OBJCOPY and AR are then its
#                 binutils
#
# What is installed may be moved as a whole when LIBDIR and INCLUDEDIR are below PREFIX.
# GNU make. On macOS it is written to work, but untested.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
CARGO ?= cargo
INSTALL ?= install
BUILD = $(or $(CARGO_TARGET_DIR),target)/capi
CARGO_BUILD_TARGET ?=
FLAGS ?=

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
MAJOR := $(word 1,$(subst ., ,$(VERSION)))
MINOR := $(word 2,$(subst ., ,$(VERSION)))
# At 0.x a minor version may break the ABI, so it is part of the soname.
ABI := $(if $(filter 0,$(MAJOR)),0.$(MINOR),$(MAJOR))

ifneq (,$(or $(findstring apple,$(CARGO_BUILD_TARGET)),$(if $(CARGO_BUILD_TARGET),,$(filter Darwin,$(shell uname -s)))))
BUILT = libcoslink.dylib
SHARED = libcoslink.$(VERSION).dylib
SONAME = libcoslink.$(ABI).dylib
LINK_ARG = -C link-arg=-Wl,-install_name,@rpath/$(SONAME)
else
BUILT = libcoslink.so
SHARED = libcoslink.so.$(VERSION)
SONAME = libcoslink.so.$(ABI)
LINK_ARG = -C link-arg=-Wl,-soname,$(SONAME)
endif

OUT = $(BUILD)/$(if $(CARGO_BUILD_TARGET),$(CARGO_BUILD_TARGET)/)release
READY = $(OUT)/coslink-$(VERSION)
SOURCES := $(shell find src include packaging) Cargo.toml Cargo.lock Makefile
HEADERS = $(wildcard include/*.h include/*.hpp)

# The way from one directory below the prefix back to it: ../.. for lib/pkgconfig.
empty :=
space := $(empty) $(empty)
below = $(patsubst $(PREFIX)/%,%,$(1))
up = $(subst $(space),/,$(patsubst %,..,$(subst /, ,$(1))))
is_below = $(filter-out /%,$(call below,$(1)))
ifneq (,$(and $(call is_below,$(LIBDIR)),$(call is_below,$(INCLUDEDIR))))
PC_PREFIX = $${pcfiledir}/$(call up,$(call below,$(LIBDIR))/pkgconfig)
PC_LIBDIR = $${prefix}/$(call below,$(LIBDIR))
PC_INCLUDEDIR = $${prefix}/$(call below,$(INCLUDEDIR))
CMAKE_LIBDIR = $${CMAKE_CURRENT_LIST_DIR}/../..
CMAKE_INCLUDEDIR = $${CMAKE_CURRENT_LIST_DIR}/$(call up,$(call below,$(LIBDIR))/cmake/coslink)/$(call below,$(INCLUDEDIR))
else
PC_PREFIX = $(PREFIX)
PC_LIBDIR = $(LIBDIR)
PC_INCLUDEDIR = $(INCLUDEDIR)
CMAKE_LIBDIR = $(LIBDIR)
CMAKE_INCLUDEDIR = $(INCLUDEDIR)
endif

PLACES = $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(LIBDIR)/cmake/coslink $(DESTDIR)$(INCLUDEDIR)

all: $(READY)/libcoslink.a

# One run of cargo makes both libraries. Without the rlib beside them they are optimised as a whole.
$(READY)/libcoslink.a: $(SOURCES)
	mkdir -p $(READY)
	$(CARGO) rustc --release --lib --crate-type cdylib,staticlib --target-dir $(BUILD) $(FLAGS) \
	    $(if $(CARGO_BUILD_TARGET),--target $(CARGO_BUILD_TARGET)) -- \
	    --print native-static-libs=$(abspath $(OUT))/native-static-libs $(LINK_ARG)
	cp $(OUT)/$(BUILT) $(READY)/$(SHARED)
	sh packaging/prelink.sh $(OUT)/libcoslink.a $@

# A second run of `make install`, as root and without cargo, only copies.
install: all
	$(INSTALL) -d $(PLACES)
	$(INSTALL) -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)
	$(INSTALL) -m 644 $(READY)/libcoslink.a $(DESTDIR)$(LIBDIR)
	$(INSTALL) -m 755 $(READY)/$(SHARED) $(DESTDIR)$(LIBDIR)
	ln -sf $(SHARED) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/$(BUILT)
	@set -e; fill() { \
	    sed -e 's|@VERSION@|$(VERSION)|' -e 's|@ABI@|$(ABI)|' \
	        -e 's|@SHARED@|$(SHARED)|' -e 's|@SONAME@|$(SONAME)|' -e "s|@NATIVE@|$$native|" \
	        -e 's|@PREFIX@|$(PC_PREFIX)|' -e "s|@LIBDIR@|$$libdir|" -e "s|@INCLUDEDIR@|$$includedir|" \
	        packaging/$$1.in > $(DESTDIR)$(LIBDIR)/$$2/$$1; \
	    chmod 644 $(DESTDIR)$(LIBDIR)/$$2/$$1; \
	    echo $(DESTDIR)$(LIBDIR)/$$2/$$1; \
	}; \
	native=$$(cat $(OUT)/native-static-libs); \
	libdir='$(PC_LIBDIR)'; includedir='$(PC_INCLUDEDIR)'; \
	fill coslink.pc pkgconfig; \
	native=$$(echo $$native | sed 's/ /;/g'); \
	libdir='$(CMAKE_LIBDIR)'; includedir='$(CMAKE_INCLUDEDIR)'; \
	fill coslinkConfig.cmake cmake/coslink; \
	fill coslinkConfigVersion.cmake cmake/coslink

uninstall:
	rm -f $(patsubst include/%,$(DESTDIR)$(INCLUDEDIR)/%,$(HEADERS))
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,libcoslink.a $(SHARED) $(SONAME) $(BUILT))
	rm -f $(DESTDIR)$(LIBDIR)/pkgconfig/coslink.pc
	rm -rf $(DESTDIR)$(LIBDIR)/cmake/coslink

clean:
	rm -rf $(BUILD)

.PHONY: all install uninstall clean
.DELETE_ON_ERROR:
