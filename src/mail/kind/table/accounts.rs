//! The mails about access.

macro_rules! accounts {
    ($next:ident $($after:ident)* { $($before:tt)* }) => {
        $next! { $($after)* {
            $($before)*
            SignIn = "sign_in", "ログイン用リンク", asked_for {
                SignIn to Company, "ログイン用のリンク", [Link] [LinkUntil], reaches_unconfirmed;
            }
            ResumeDraft = "resume_draft", "申込み再開用リンク", asked_for {
                ResumeDraft to Company, "申込みの続きを入力するリンク", [Link] [DraftUntil], reaches_unconfirmed;
            }
            Invitation = "invitation", "利用者の招待", of_account {
                Invitation to Staff, "利用者の登録のご案内", [Link] [Role, LinkUntil];
            }
            PasswordReset = "password_reset", "パスワードの再設定", asked_for, of_account {
                PasswordReset to Staff, "パスワードの再設定", [Link] [LinkUntil];
            }
        }}
    };
}
