//! Nothing of its own: the tests of the whole workspace stand beside this folder.
