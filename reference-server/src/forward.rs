//! Traits that forward to an inner value, so that changing one method of a rule book or a store is one method.

/// Writes a trait whose methods all go to `inner()`, and gives every implementor of it the base trait.
macro_rules! forwarding {
    ($(#[$doc:meta])* pub trait $over:ident for $base:ident {
        $( fn $name:ident(&self $(, $arg:ident : $ty:ty)* $(,)?) $(-> $ret:ty)?; )*
    }) => {
        $(#[$doc])*
        pub trait $over: Send + Sync {
            /// What is left as it is.
            fn inner(&self) -> &dyn $base;
            $(
                #[doc = concat!("See the method of the same name of [`", stringify!($base), "`].")]
                fn $name(&self $(, $arg: $ty)*) $(-> $ret)? { self.inner().$name($($arg),*) }
            )*
        }

        impl<T: $over> $base for T {
            $( fn $name(&self $(, $arg: $ty)*) $(-> $ret)? { $over::$name(self $(, $arg)*) } )*
        }
    };
}

pub(crate) use forwarding;
