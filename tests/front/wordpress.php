<?php
// As much of WordPress as its plugin for the widget touches, written after WordPress's documentation: hooks, options, the escaping
// functions, and the tag of a script. Run: php wordpress.php PLUGIN OPTIONS-AS-JSON WHAT [POSTED-AS-JSON]; it prints JSON.

define( 'ABSPATH', __DIR__ );
list( , $plugin, $options, $what ) = $argv;
$GLOBALS['options'] = json_decode( $options, true );
$GLOBALS['hooks']   = $GLOBALS['settings'] = $GLOBALS['fields'] = $GLOBALS['errors'] = $GLOBALS['scripts'] = $GLOBALS['pages'] = array();

function add_filter( $name, $job, $priority = 10, $count = 1 ) { $GLOBALS['hooks'][ $name ][] = array( $job, $count ); }
function add_action( $name, $job, $priority = 10, $count = 1 ) { add_filter( $name, $job, $priority, $count ); }
function apply_filters( $name, ...$values ) {
	foreach ( $GLOBALS['hooks'][ $name ] ?? array() as list( $job, $count ) ) {
		$values[0] = $job( ...array_slice( $values, 0, $count ) );
	}
	return $values[0];
}
function do_action( $name ) {
	foreach ( $GLOBALS['hooks'][ $name ] ?? array() as list( $job ) ) {
		$job();
	}
}
function register_uninstall_hook( $file, $job ) { $GLOBALS['uninstall'] = $job; }

function get_option( $name, $default = false ) { return $GLOBALS['options'][ $name ] ?? $default; }
function delete_option( $name ) { unset( $GLOBALS['options'][ $name ] ); }
function register_setting( $group, $name, $more ) { $GLOBALS['settings'][ $name ] = $more; }
function add_settings_section( ...$more ) {}
function add_settings_field( $name, $label, $draw, $page, $section, $more ) { $GLOBALS['fields'][] = array( $label, $draw, $more ); }
function add_settings_error( $name, $code, $words ) { $GLOBALS['errors'][] = $words; }
function settings_fields( $group ) { echo '<input type="hidden" name="option_page" value="', esc_attr( $group ), '">'; }
function do_settings_sections( $page ) {
	foreach ( $GLOBALS['fields'] as list( $label, $draw, $more ) ) {
		echo '<label for="', esc_attr( $more['label_for'] ), '">', $label, '</label>';
		$draw( $more );
	}
}
function submit_button() { echo '<button>Save Changes</button>'; }
function add_options_page( $title, $entry, $capability, $slug, $draw ) { $GLOBALS['pages'][ $slug ] = $draw; }
function current_user_can( $capability ) { return true; }
function get_admin_page_title() { return 'Advisor Chat'; }
function home_url() { return 'https://www.example.org'; }
function __return_null() { return null; }

function __( $text, $domain ) { return $text; }
function esc_html( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_attr( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_url_raw( $url, $protocols ) {
	$url = preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]\\x80-\\xff]|i', '', $url );
	return in_array( strtolower( strtok( $url, ':' ) ), $protocols, true ) ? $url : '';
}
function esc_url( $url ) { return htmlspecialchars( esc_url_raw( $url, array( 'http', 'https' ) ), ENT_QUOTES ); }
function untrailingslashit( $text ) { return rtrim( $text, '/\\' ); }

function wp_enqueue_script( $handle, $src, $before, $version, $how ) {
	$async = 'async' === $how['strategy'] ? ' async data-wp-strategy="async"' : '';
	$tag   = sprintf( '<script src="%s" id="%s-js"%s></script>', esc_url( $src ), esc_attr( $handle ), $async );
	$GLOBALS['scripts'][ $handle ] = $tag . "\n";
}
function tags() {
	$tags = $GLOBALS['scripts'] + array( 'other' => '<script src="/other.js" id="other-js"></script>' );
	foreach ( $tags as $handle => $tag ) {
		$tags[ $handle ] = apply_filters( 'script_loader_tag', $tag, $handle, '' );
	}
	return $tags;
}

require $plugin;
$answer = null;
if ( 'tags' === $what ) {
	do_action( 'wp_enqueue_scripts' );
	$answer = tags();
} elseif ( 'page' === $what ) {
	do_action( 'admin_init' );
	do_action( 'admin_menu' );
	ob_start();
	$GLOBALS['pages']['advisor-chat']();
	$answer = ob_get_clean();
} elseif ( 'save' === $what ) {
	do_action( 'admin_init' );
	foreach ( json_decode( $argv[4], true ) as $name => $value ) {
		$answer[ $name ] = $GLOBALS['settings'][ $name ]['sanitize_callback']( $value );
	}
	$answer['errors'] = $GLOBALS['errors'];
} elseif ( 'uninstall' === $what ) {
	$GLOBALS['uninstall']();
	$answer = (object) $GLOBALS['options'];
}
echo json_encode( $answer );
