//! The parties that act, and the purposes of links.
use crate::codes;

codes! {
    /// The role of an account that signs in with a password.
    pub enum Role {
        Coordinator = "coordinator" => "相談センター",
        Expert = "expert" => "専門家",
        Desk = "desk" => "一次相談窓口",
        Observer = "observer" => "所管省庁",
        /// A person who writes what the programme publishes, and sees no case.
        Editor = "editor" => "編集担当",
        Administrator = "administrator" => "管理者",
    }
}

codes! {
    /// An actor without the identity. These are the parties of the table of transitions.
    pub enum Party {
        Company = "company" => "企業",
        Coordinator = "coordinator" => "センター",
        Expert = "expert" => "専門家",
        Desk = "desk" => "一次相談窓口",
        System = "system" => "システム",
    }
}

codes! {
    /// The purpose of a single-use link, without the person that it is for.
    pub enum LinkPurpose {
        SetPassword = "set_password",
        SignIn = "sign_in",
        Confirm = "confirm",
    }
}
