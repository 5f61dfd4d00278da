//! What the center sees and does, and the door through which everyone with a password comes in.
mod password;
mod sign_in;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(sign_in::show)
        .service(sign_in::submit)
        .service(sign_in::sign_out)
        .service(password::show)
        .service(password::submit);
}
